"""What dropbear writes about logins (svr-auth.c, svr-authpasswd.c, svr-authpubkey.c, svr-session.c)."""

from __future__ import annotations

import re

from whotop.parse.login_sign import Sign, SignKind, source_of

_PREFIX = re.compile(rb"\[\d+\] [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d ")
_ADDRESS = rb"([0-9A-Za-z_.:%-]{1,255}):(\d{1,5})"
_ACCEPTED = re.compile(
    rb"(?:PAM )?(?:(Password|Pubkey|password|pubkey) auth|Auth) succeeded (?:with blank password )?for '(.*)'"
    rb"(?: with (?:.{1,200}))? from " + _ADDRESS + rb"$",
    re.DOTALL,
)
_FAILED = re.compile(rb"[Bb]ad (?:PAM )?password attempt for '(.*)' from " + _ADDRESS + rb"$", re.DOTALL)
_UNKNOWN = re.compile(
    rb"[Ll]ogin attempt (?:for nonexistent user|with wrong user (.*)) from " + _ADDRESS + rb"$", re.DOTALL
)
_BEFORE_OLD = re.compile(
    rb"[Ee]xit before auth(?: \(user '(.*)', \d+ fails\))?: (.*?)(?: from " + _ADDRESS + rb")?$", re.DOTALL
)
_BEFORE = re.compile(
    rb"[Ee]xit before auth from <" + _ADDRESS + rb">: (?:\(user '(.*)', \d+ fails\): )?(.*)$", re.DOTALL
)
_EXIT = re.compile(rb"[Ee]xit \((.*)\)(?: from <" + _ADDRESS + rb">)?: .*$", re.DOTALL)
_TOO_MANY = b"Max auth tries reached"


def sign(message: bytes) -> Sign | None:
    """Read one message; None where it says nothing of a login."""
    text = message.rstrip()
    prefix = _PREFIX.match(text)  # one that writes to standard error, kept by the journal
    if prefix is not None:
        text = text[prefix.end() :]
    if text[1:4] == b"xit":
        return _exit(text)
    found = _ACCEPTED.match(text)
    if found is not None:
        method = (found[1] or b"password").lower().replace(b"pubkey", b"publickey")
        return Sign(SignKind.ACCEPTED, found[2], source_of(found[3]), found[4], detail=method)
    found = _FAILED.match(text)
    if found is not None:
        return Sign(SignKind.FAILED, found[1], source_of(found[2]), found[3], detail=b"password")
    found = _UNKNOWN.match(text)
    if found is None:
        return None
    return Sign(SignKind.REFUSED, found[1] or b"", source_of(found[2]), found[3], detail=b"invalid user")


def _exit(text: bytes) -> Sign | None:
    found = _BEFORE.match(text)
    if found is not None:
        address, port, user, reason = found.groups()
        return _before(user, address, port, reason)
    found = _BEFORE_OLD.match(text)
    if found is not None:
        user, reason, address, port = found.groups()
        return _before(user, address, port, reason)
    found = _EXIT.match(text)
    if found is None:
        return None
    return Sign(SignKind.CLOSED, found[1], source_of(found[2] or b""), found[3] or b"", service=b"dropbear")


def _before(user: bytes | None, address: bytes | None, port: bytes | None, reason: bytes) -> Sign:
    kind = SignKind.TOO_MANY if reason.startswith(_TOO_MANY) else SignKind.LEFT
    detail = b"too many attempts" if kind is SignKind.TOO_MANY else b""
    return Sign(kind, user or b"", source_of(address or b""), port or b"", detail=detail)
