"""What OpenSSH's server writes about logins (auth.c, auth2.c, monitor.c, packet.c, session.c; versions 5 to 10).

Whoever connects chooses the user's name, and it may look like the rest of a line: what sshd adds
stands at the end, so every form is anchored there, and the last address of a line is the true one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from whotop.parse import pam_log
from whotop.parse.login_sign import (
    ACCEPTED,
    CONNECTED,
    FAILED,
    KEY_FAILED,
    LEFT,
    ON_TERMINAL,
    PAM_ERROR,
    REFUSED,
    TOO_MANY,
    Sign,
    SignKind,
    source_of,
)

PROGRAMS = frozenset({b"sshd", b"sshd-session", b"sshd-auth"})

_ADDRESS = rb"([0-9A-Za-z_.:%-]{1,255})"
_FROM = rb"from " + _ADDRESS + rb" port (\d{1,5})(?: ssh[12])?"
_WHO = rb"(\S+) for ((?:invalid|illegal) user |<invalid username>|)"
_KEY = rb"[A-Z][A-Z0-9-]* [0-9A-Za-z:+/=$]+"

_PREFIX = re.compile(
    rb"(?:\[ID \d+ [\w.]+\] )?"  # Solaris
    rb"(?:kernel: ?\[ *\d+\.\d+\]:? )?(?:(?:error|fatal): )?(PAM: )?"
)
_METHOD = (
    re.compile(_WHO + rb"(.*) " + _FROM + rb"(?:: (" + _KEY + rb"))?$", re.DOTALL),
    # A certificate's id and hostbased's client name are the client's words: here the first address counts.
    re.compile(_WHO + rb"(.*?) " + _FROM + rb": (" + _KEY + rb")(?: ID |, client user ).*$", re.DOTALL),
    re.compile(_WHO + rb"(.*) " + _FROM + rb"(?:: .*)?()$", re.DOTALL),
    re.compile(_WHO + rb"(.*) from " + _ADDRESS + rb"()()$", re.DOTALL),
)
_INVALID = re.compile(rb"user (.*) from " + _ADDRESS + rb"(?: port (\d{1,5}))?(?: on .*)?$", re.DOTALL)
_NOT_ALLOWED = re.compile(
    rb"(.*?)(?: from " + _ADDRESS + rb")? not allowed because "
    rb"(not listed in AllowUsers|listed in DenyUsers|not in any group|a group is listed in DenyGroups"
    rb"|none of user's groups are listed in AllowGroups|account is locked|shell .{1,300}|/\S+ exists)$",
    re.DOTALL,
)
_ROOT_REFUSED = re.compile(rb"LOGIN REFUSED FROM " + _ADDRESS + rb"(?: port (\d{1,5}))?$")
_MAXIMUM = re.compile(
    rb"authentication attempts exceeded for (?:(?:invalid|illegal) user )?(.*) " + _FROM + rb"$", re.DOTALL
)
_TOO_MANY = re.compile(rb"Too many authentication failures(?: for (.+))?$", re.DOTALL)
_DENIED = re.compile(rb"denied for user (.*) by PAM account configuration$", re.DOTALL)
_DISCONNECTING = re.compile(
    rb"(invalid user |authenticating user )?(.*) " + _ADDRESS + rb" port (\d{1,5}): "
    rb"(Too many authentication failures|Change of username or service not allowed: .*|[^:]*)$",
    re.DOTALL,
)
_LEFT_USER = re.compile(
    rb"(?:by|from) (invalid |authenticating |)user (.*) " + _ADDRESS + rb" port (\d{1,5})$", re.DOTALL
)
_LEFT = re.compile(rb"(?:by|from) " + _ADDRESS + rb"(?: port (\d{1,5}))?$")
_CONNECTED = re.compile(rb"from " + _ADDRESS + rb"(?: port (\d{1,5})(?: on \S+ port \d{1,5}.*)?)?$", re.DOTALL)
_RECEIVED = re.compile(rb"disconnect from " + _ADDRESS + rb"(?: port (\d{1,5}))?: ?(\d{1,9}): ?(.*)$", re.DOTALL)
_TIMEOUT = re.compile(rb"before authentication for (?:connection from )?" + _ADDRESS + rb"(?: port (\d{1,5}))?\b")
_NO_ANSWER = re.compile(rb"client not responding from (?:user (.*) )?" + _ADDRESS + rb" port (\d{1,5})$", re.DOTALL)
_STARTING = re.compile(rb"session: .* on (\S+) for (.*) " + _FROM + rb" id \d+$", re.DOTALL)
_PAM = re.compile(
    rb"(?:[^:]{1,120}?) for (illegal user |invalid user )?(.*) from " + _ADDRESS + rb"(?: via \S+)?$", re.DOTALL
)
_GIVEN_UP = {b"invalid ": b"invalid user", b"authenticating ": b"gave up"}
_ESCAPED = re.compile(rb"\\(?:([0-3][0-7]{2})|([nrtabvfs0\\]))")
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"v": b"\v", b"f": b"\f", b"s": b" "}


def sign(message: bytes) -> Sign | None:
    """Read one message; None where it says nothing of a login."""
    word, _, rest = message.partition(b" ")
    reader = _READERS.get(word)
    if reader is not None:  # no prefix, as nearly always
        return reader(_without_end(rest))
    prefix = _PREFIX.match(message)
    assert prefix is not None
    text = _without_end(message[prefix.end() :])
    if prefix[1]:
        return _pam_error(text)
    word, _, rest = text.partition(b" ")
    reader = _READERS.get(word)
    return None if reader is None else reader(rest)


def _without_end(text: bytes) -> bytes:
    return text.rstrip().removesuffix(b" [preauth]").rstrip()


def _accepted(rest: bytes) -> Sign | None:
    found = _tried(rest)
    if found is None:
        return None
    method, _, user, address, port, key = found.groups()
    return Sign(ACCEPTED, _plain(user), source_of(address), port, detail=method + b" " + key if key else method)


def _failed(rest: bytes) -> Sign | None:
    found = _tried(rest)
    if found is None:
        return None
    method, invalid, user, address, port, _ = found.groups()
    kind, detail = _failure_of(method, invalid)
    return Sign(kind, _plain(user), source_of(address), port, detail=detail)


def _tried(rest: bytes) -> re.Match[bytes] | None:
    """Method, whether the user is invalid, user, address, port and key."""
    for form in _METHOD:
        found = form.match(rest)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=64)
def _failure_of(method: bytes, invalid: bytes) -> tuple[SignKind, bytes]:
    """Only what somebody typed is a failure by itself: keys and the like are tried by programs."""
    detail = method + b", invalid user" if invalid else method
    if method.startswith((b"password", b"keyboard-interactive", b"challenge-response")):
        return FAILED, detail
    return REFUSED if invalid or method == b"hostbased" else KEY_FAILED, detail


def _invalid_user(rest: bytes) -> Sign | None:
    found = _INVALID.match(rest)
    if found is None:
        return None
    return Sign(REFUSED, _plain(found[1]), source_of(found[2]), found[3] or b"", detail=b"invalid user")


def _user(rest: bytes) -> Sign | None:
    found = _NOT_ALLOWED.match(rest)
    if found is None:
        return None
    return Sign(REFUSED, _plain(found[1]), source_of(found[2] or b""), detail=b"not allowed: " + found[3])


def _root(rest: bytes) -> Sign | None:
    found = _ROOT_REFUSED.match(rest)
    if found is None:
        return None
    return Sign(REFUSED, b"root", source_of(found[1]), found[2] or b"", detail=b"root login refused")


def _maximum(rest: bytes) -> Sign | None:
    found = _MAXIMUM.match(rest)
    if found is None:
        return None
    return Sign(TOO_MANY, _plain(found[1]), source_of(found[2]), found[3], detail=b"too many attempts")


def _denied(rest: bytes) -> Sign | None:
    """The password or the key was right, but the account is closed: the connection ends with this."""
    found = _DENIED.match(rest)
    return None if found is None else Sign(TOO_MANY, _plain(found[1]), detail=b"not allowed: PAM account")


def _disconnecting(rest: bytes) -> Sign | None:
    too_many = _TOO_MANY.match(rest)
    if too_many is not None:
        return Sign(TOO_MANY, _plain(too_many[1] or b""), detail=b"too many attempts")
    found = _DISCONNECTING.match(rest)
    if found is None:
        return None
    whose, user, address, port, reason = found.groups()
    kind = TOO_MANY if reason.startswith(b"Too many") else LEFT
    detail = b"invalid user" if whose == b"invalid user " else b"too many attempts"
    user = _plain(user) if whose else b""
    return Sign(kind, user, source_of(address), port, detail=detail if whose or kind is TOO_MANY else b"")


def _connection(rest: bytes) -> Sign | None:
    how, _, by_whom = rest.partition(b" ")
    if how in (b"closed", b"reset"):
        return _left(by_whom)
    found = _CONNECTED.match(rest)
    return None if found is None else Sign(CONNECTED, b"", source_of(found[1]), found[2] or b"")


def _left(rest: bytes) -> Sign | None:
    found = _LEFT_USER.match(rest)
    if found is not None:
        whose, user, address, port = found.groups()
        detail = _GIVEN_UP.get(whose, b"")
        return Sign(LEFT, _plain(user), source_of(address), port, detail=detail)
    found = _LEFT.match(rest)
    return None if found is None else Sign(LEFT, b"", source_of(found[1]), found[2] or b"")


def _received(rest: bytes) -> Sign | None:
    found = _RECEIVED.match(rest)
    if found is None:
        return None
    address, port, reason, words = found.groups()
    if reason == b"3" and b"Auth fail" in words:  # JSch's word for it
        return Sign(TOO_MANY, b"", source_of(address), port or b"", detail=b"too many attempts")
    return Sign(LEFT, b"", source_of(address), port or b"")


def _timeout(rest: bytes) -> Sign | None:
    found = _TIMEOUT.match(rest)
    return None if found is None else Sign(LEFT, b"", source_of(found[1]), found[2] or b"")


def _no_answer(rest: bytes) -> Sign | None:
    found = _NO_ANSWER.match(rest)
    return None if found is None else Sign(LEFT, _plain(found[1] or b""), source_of(found[2]), found[3])


def _starting(rest: bytes) -> Sign | None:
    found = _STARTING.match(rest)
    if found is None:
        return None
    return Sign(ON_TERMINAL, _plain(found[2]), source_of(found[3]), found[4], tty=found[1])


def _pam_error(text: bytes) -> Sign | None:
    found = _PAM.match(text)
    if found is None:
        return None
    detail = b"keyboard-interactive/pam, invalid user" if found[1] else b"keyboard-interactive/pam"
    return Sign(PAM_ERROR, _plain(found[2]), source_of(found[3]), detail=detail)


_READERS: dict[bytes, Callable[[bytes], Sign | None]] = {
    b"Accepted": _accepted,
    b"PAM": pam_log.more,
    b"Failed": _failed,
    b"Invalid": _invalid_user,
    b"invalid": _invalid_user,
    b"Illegal": _invalid_user,
    b"illegal": _invalid_user,
    b"User": _user,
    b"ROOT": _root,
    b"maximum": _maximum,
    b"Access": _denied,
    b"Disconnecting:": _disconnecting,
    b"Disconnecting": _disconnecting,
    b"Connection": _connection,
    b"Disconnected": _left,
    b"Received": _received,
    b"Timeout": _timeout,
    b"Timeout,": _no_answer,
    b"Starting": _starting,
}


def _plain(name: bytes) -> bytes:
    r"""A name without the escapes of sshd's log (log.c: strnvis with VIS_CSTYLE and VIS_OCTAL)."""
    return _ESCAPED.sub(_unescaped, name) if b"\\" in name else name


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1] is not None:
        return bytes([int(escape[1], 8)])
    return b"\0" if escape[2] == b"0" else _PLAIN.get(escape[2], escape[2])
