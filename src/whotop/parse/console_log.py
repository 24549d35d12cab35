"""What login(1) writes at consoles.

There are four of it: util-linux's (login-utils/login.c), shadow's (src/login.c), busybox's
(loginutils/login.c) and BSD's (usr.bin/login/login.c).
"""

from __future__ import annotations

import re

from whotop.parse.login_sign import Sign, SignKind, source_of

_PLACE = rb"(?:'(?:/dev/)?([^']*)'|(?:/dev/)?(\S+))"
_ON = re.compile(
    rb"(ROOT |root )?(?:LOGIN|login) +(?:ON|on) " + _PLACE + rb"(?: BY (\S+))?(?: (?:FROM|from) '?([^\s']+)'?)?$"
)
_IN = re.compile(rb"'(.*)' logged in +on " + _PLACE + rb"(?: from '([^']*)')?$", re.DOTALL)
_FAILED = re.compile(
    rb"(?:FAILED LOGIN(?: SESSION| \d+)?|TOO MANY LOGIN TRIES \(\d+\)) FROM (\S+) FOR (.*?)(?:, ([^,]*))?$", re.DOTALL
)
_FAILED_SHADOW = re.compile(
    rb"(?:FAILED LOGIN|TOO MANY LOGIN TRIES) \(\d+\) +on '(?:/dev/)?([^']*)'(?: from '([^']*)')?"
    rb" FOR '(.*)'(?:, [^,']*)?$",
    re.DOTALL,
)
_INVALID = re.compile(rb"invalid password for '(.*)' +on '(?:/dev/)?([^']*)'(?: from '([^']*)')?$", re.DOTALL)
_BSD_IN = re.compile(
    rb"(?:login (?:from (?P<from>\S+) )?on (?P<tty>\S+) as (?P<user>.+)"
    rb"|ROOT LOGIN \((?P<root>.+)\) ON (?P<root_tty>\S+)(?: FROM (?P<root_from>\S+))?)$",
    re.DOTALL,
)
_BSD_FAILED = re.compile(rb"\d{1,4} LOGIN FAILURES? (?:FROM (?P<from>\S+)|ON (?P<tty>\S+)), (?P<user>.*)$", re.DOTALL)
_TERMINAL = re.compile(rb"(?:tty|pts/|console|hvc|lxc/)\S*")


def sign(message: bytes) -> Sign | None:
    """Read one message; None where it says nothing of a login."""
    message = message.rstrip()
    if b"LOGIN" in message[:24] or b"login on" in message[:24]:
        return _login(message) or _failure(message) or _of_bsd(message)
    found = _IN.match(message)
    if found is not None:
        return Sign(SignKind.ON_TERMINAL, found[1], source_of(found[4] or b""), tty=found[2] or found[3] or b"")
    found = _INVALID.match(message)
    if found is None:
        return _of_bsd(message)
    return Sign(SignKind.FAILED, found[1], source_of(found[3] or b""), tty=found[2], detail=b"password")


def _login(message: bytes) -> Sign | None:
    found = _ON.match(message)
    if found is None:
        return None
    root, quoted, plain, user, source = found.groups()
    name = b"root" if root else user
    if not name:
        return None
    return Sign(SignKind.ON_TERMINAL, name, source_of(source or b""), tty=quoted or plain or b"")


def _failure(message: bytes) -> Sign | None:
    found = _FAILED_SHADOW.match(message)
    if found is not None:
        return Sign(SignKind.FAILED, found[3], source_of(found[2] or b""), tty=found[1], detail=b"password")
    found = _FAILED.match(message)
    if found is None:
        return None
    # util-linux names the host, or the terminal where there is none.
    place = found[1].removeprefix(b"/dev/")
    on_terminal = _TERMINAL.fullmatch(place) is not None
    source = b"" if on_terminal or place == b"(null)" else source_of(place)
    return Sign(SignKind.FAILED, found[2], source, tty=place if on_terminal else b"", detail=b"password")


def _of_bsd(message: bytes) -> Sign | None:
    """It tells of failures when somebody gives up: how many there were, once without and once with the name."""
    found = _BSD_IN.match(message)
    if found is not None:
        user, tty = found["user"] or found["root"], found["tty"] or found["root_tty"]
        return Sign(SignKind.ON_TERMINAL, user, source_of(found["from"] or found["root_from"] or b""), tty=tty)
    found = _BSD_FAILED.match(message)
    if found is None:
        return None
    source = source_of(found["from"] or b"")
    return Sign(SignKind.FAILED, found["user"], source, tty=found["tty"] or b"", detail=b"password")
