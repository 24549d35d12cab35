"""A session file of systemd-logind (/run/systemd/sessions/ID) into the login that opened it.

The keys are those of systemd, src/login/logind-session.c, session_save.
"""

from __future__ import annotations

import re

from whotop.model import Event, EventKind, Origin
from whotop.parse.received import raw_text, received
from whotop.parse.terminals import terminal_name

_ID = re.compile(rb"[A-Za-z0-9_-]{1,32}")
_NUMBER = re.compile(rb"[0-9]{1,18}")
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[0-7]{3}|.)", re.DOTALL)
_CONTROLS = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b"s": b" ",
    b"\\": b"\\",
    b'"': b'"',
    b"'": b"'",
}
_LATEST_US = 2**53
_LARGEST_PID = 2**31 - 1


def login(
    session_id: bytes,
    data: bytes,
    machine: str,
    *,
    tty_nr: int = 0,
    boot_id: str = "",
    seen_us: int = 0,
    skew_us: int = 0,
) -> Event | None:
    """Read one session file; None unless it is the open session of a person.

    ``tty_nr`` is the terminal of the leader's descendants: sshd opens the session before it has
    one, and the file then names none. Services (``manager``), greeters and lock screens are no
    people; a session that is closing has only processes left behind.
    """
    values = _values(data)
    if not _ID.fullmatch(session_id) or not _is_person(values.get(b"CLASS", b"user")):
        return None
    time_us = _number(values.get(b"REALTIME", b""), _LATEST_US)
    user, raw_user = received(values.get(b"USER", b"") or values.get(b"UID", b""))
    if values.get(b"STATE") == b"closing" or not time_us or not user:
        return None
    tty, raw_tty = received(_tty(values, tty_nr))
    source, raw_source = received(_source(values))
    return Event(
        machine=machine,
        kind=EventKind.LOGIN,
        time_us=time_us,
        user=user,
        tty=tty,
        source=source,
        origin=Origin.LOGIND,
        session_id=session_id.decode("ascii"),
        leader_pid=_number(values.get(b"LEADER", b""), _LARGEST_PID),
        boot_id=boot_id,
        service=received(_unescaped(values.get(b"SERVICE", b"")))[0],
        raw=raw_text(raw_user, raw_tty, raw_source),
        seen_us=seen_us,
        skew_us=skew_us,
    )


def _values(data: bytes) -> dict[bytes, bytes]:
    """The lines ``KEY=value``; of a key that comes twice the first counts."""
    values: dict[bytes, bytes] = {}
    for line in data.split(b"\n"):
        key, equals, value = line.partition(b"=")
        if equals:
            values.setdefault(key, value)
    return values


def _is_person(session_class: bytes) -> bool:
    """Whether it is ``user``, or one of ``user-early``, ``user-light``, ``user-incomplete``."""
    return session_class == b"user" or session_class.startswith(b"user-")


def _number(digits: bytes, largest: int) -> int:
    """A number up to ``largest``; 0 for anything else."""
    number = int(digits) if _NUMBER.fullmatch(digits) else 0
    return number if number <= largest else 0


def _tty(values: dict[bytes, bytes], tty_nr: int) -> bytes:
    """The terminal: as the file names it, else that of the processes, else the display."""
    named = _unescaped(values.get(b"TTY", b"")).removeprefix(b"/dev/")
    return named or terminal_name(tty_nr).encode() or _unescaped(values.get(b"DISPLAY", b""))


def _source(values: dict[bytes, bytes]) -> bytes:
    """Where it came from; a display manager writes its display there, which is the machine itself."""
    host = _unescaped(values.get(b"REMOTE_HOST", b""))
    return b"" if host.startswith(b":") else host


def _unescaped(value: bytes) -> bytes:
    """A value without C escapes (systemd, src/basic/escape.c); one that is unknown stays as it is."""
    return _ESCAPE.sub(_plain, value) if b"\\" in value else value


def _plain(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    if code[:1] == b"x" and len(code) == 3:
        return bytes([int(code[1:], 16)])
    if len(code) == 3:
        return bytes([int(code, 8) & 0xFF])
    return _CONTROLS.get(code, escape[0])
