"""What systemd-logind writes about sessions (src/login/logind-session.c, logind-dbus.c)."""

from __future__ import annotations

import re

from whotop.parse.login_sign import GOES_DOWN, SESSION_NEW, SESSION_REMOVED, STARTED, Sign

_ID = rb"'?([A-Za-z0-9_-]{1,32})'?"
_NEW = re.compile(
    rb"New session " + _ID + rb" of user '?(.*?)'?(?: with class '([a-z-]+)'(?: and type '[a-z-]+')?)?\.?$", re.DOTALL
)
_OVER = re.compile(rb"(?:Removed session " + _ID + rb"|Session " + _ID + rb" logged out\. .*)\.?$", re.DOTALL)
_DOWN = re.compile(
    rb"(?:The system will|System is) (power off|reboot|halt|powering down|rebooting|halting|shutting down)"
)
GREETER_USERS = frozenset(
    {b"gdm", b"Debian-gdm", b"gdm3", b"lightdm", b"sddm", b"kdm", b"xdm", b"lxdm", b"greeter", b"greetd", b"_greetd"}
)


def sign(message: bytes) -> Sign | None:
    """Read one message. ``service`` is empty for a person's session, else its class."""
    if message.startswith(b"New session "):
        found = _NEW.match(message)
        if found is None:
            return None
        session_class = _class(found[2], found[3])
        return Sign(SESSION_NEW, found[2], session_id=found[1], service=session_class)
    found = _OVER.match(message)
    if found is not None:
        return Sign(SESSION_REMOVED, session_id=found[1] or found[2])
    found = _DOWN.match(message)
    if found is not None:
        return Sign(GOES_DOWN, detail=found[1])
    return Sign(STARTED) if message.startswith(b"New seat seat0") else None


def _class(user: bytes, named: bytes | None) -> bytes:
    """The class of a session that is no person's; before systemd 256 the log does not name it."""
    if named is None:
        return b"greeter" if user in GREETER_USERS else b""
    return b"" if named == b"user" or named.startswith(b"user-") else named
