"""What ``last`` and ``lastb`` print under LC_ALL=C: util-linux's, busybox's, wtmpdb's, FreeBSD's and macOS's.

    anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - 00:30  (00:07)
    anna     pts/0        192.0.2.7        Sun Nov 22 00:23:12 2026 - Sun Nov 22 00:30:01 2026  (00:06)
    anna     pts/0        192.0.2.7        2026-11-22T00:23:12+00:00 - crash                     (00:06)
    reboot   system boot  6.1.0-18-amd64   Sun Nov 22 00:00   still running
    boot time                              Sun Nov 22 00:00

Lines stand in the opposite order of time. Whoever fails to log in chooses the name that ``lastb``
shows, so a line is read from its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo

import msgspec

from whotop.clock import MINUTE_US
from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse.last_dates import DATE, end_us, moment_us
from whotop.parse.received import raw_text, received
from whotop.parse.utmp import Ordinals

LONGEST_LINE_BYTES = 2048

_LINE = re.compile(
    rb"(?P<who>.*[^-\s])(?<! Mon)(?<! Tue)(?<! Wed)(?<! Thu)(?<! Fri)(?<! Sat)(?<! Sun) +(?P<begun>"
    + DATE
    + rb")(?: +(?:- +)?(?P<end>"
    + DATE
    + rb"|\d\d:\d\d(?::\d\d)?"
    rb"|down|crash|shutdown|still logged in\.?|still running|gone - no logout))?"
    rb"(?: +\((?P<lasted>-?(?:\d{1,6}\+)?\d\d:\d\d(?::\d\d)?)\))?(?: +(?P<host>\S+))?$",
    re.DOTALL,
)
_TERMINAL = re.compile(rb"ssh:notty|tty[A-Za-z]*\d+|pts/\d+|console|hvc\d+")
_WORD = re.compile(rb"\S+")
_MACHINES_OWN = {
    b"reboot": EventKind.BOOT,
    b"soft-reboot": EventKind.BOOT,
    b"boot": EventKind.BOOT,
    b"shutdown": EventKind.SHUTDOWN,
}
_OWN_TERMINALS = frozenset({b"system", b"~", b"time"})
_ENDS = {b"down": EventKind.SHUTDOWN, b"shutdown": EventKind.SHUTDOWN, b"crash": EventKind.BOOT}
_STILL = frozenset({b"still logged in", b"still running"})


class _Line(msgspec.Struct):
    """One line, taken apart."""

    user: bytes
    tty: bytes
    host: bytes
    begun_us: int
    end: bytes
    ended_us: int | None


def events(
    data: bytes,
    machine: str,
    now_us: int,
    zone: tzinfo = UTC,
    *,
    origin: Origin = Origin.WTMP,
    standing: Standing = Standing.HISTORY,
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read the output of ``last`` (with ``origin`` BTMP of ``lastb``) into events in the order of time.

    ``now_us`` is when it was printed, ``zone`` the machine's: for dates without a year or a zone.
    A session that ended by a crash or a shutdown has no logout of its own: that is the boot's or
    the shutdown's event, which is added where no line tells of it.
    """
    lines = [line for text in data.split(b"\n") if (line := _line(text, now_us, zone)) is not None]
    happenings = _failures(lines) if origin is Origin.BTMP else _without_repeats(list(_happenings(lines)))
    ordinals = Ordinals()
    told: list[Event] = []
    # Stable: what is equal to the minute keeps its order.
    for kind, time_us, line, _ in sorted(happenings, key=_time_us):
        event = _event(kind, time_us, line, machine, origin, standing, seen_us, skew_us)
        ordinal = ordinals.next(time_us, (kind, event.user, event.tty, event.source))
        told.append(msgspec.structs.replace(event, ordinal=ordinal) if ordinal else event)
    return told


def is_line(text: bytes) -> bool:
    """Whether a line looks like one of these."""
    return len(text) <= LONGEST_LINE_BYTES and (_LINE.match(text.rstrip()) is not None or b"tmp begins " in text)


_Happening = tuple[EventKind, int, _Line, bool]
"""Kind, time, its line, and whether a line of its own tells of it."""


def _failures(lines: list[_Line]) -> Iterator[_Happening]:
    for line in lines:
        yield EventKind.FAILED_LOGIN, line.begun_us, line, True


def _happenings(lines: list[_Line]) -> Iterator[_Happening]:
    # From the last line to the first: in the order of time, where times are equal to the minute.
    for line in reversed(lines):
        own = _MACHINES_OWN.get(line.user) if line.tty in _OWN_TERMINALS else None
        if own is not None:
            yield own, line.begun_us, line, True
        elif line.user == b"runlevel" or line.tty in _OWN_TERMINALS:
            continue
        else:
            yield EventKind.LOGIN, line.begun_us, line, True
            yield from _ending(line)


def _without_repeats(happenings: list[_Happening]) -> Iterator[_Happening]:
    """All but the boots and shutdowns that end sessions where another line tells of the same, give or take a minute."""
    told = {(kind, time_us // MINUTE_US) for kind, time_us, _, is_told in happenings if is_told}
    for happening in happenings:
        kind, time_us, _, is_told = happening
        minute = time_us // MINUTE_US
        if is_told or not {(kind, minute - 1), (kind, minute), (kind, minute + 1)} & told:
            told.add((kind, minute))
            yield happening


def _ending(line: _Line) -> Iterator[_Happening]:
    if line.end.rstrip(b".") in _STILL or not line.end:
        return
    if line.end == b"gone - no logout":
        yield EventKind.LOGOUT, line.begun_us, line, True
    elif line.ended_us is not None:
        kind = _ENDS.get(line.end, EventKind.LOGOUT)
        yield kind, line.ended_us, line, kind is EventKind.LOGOUT


def _time_us(happening: _Happening) -> int:
    return happening[1]


def _line(text: bytes, now_us: int, zone: tzinfo) -> _Line | None:
    text = text.rstrip()
    found = _LINE.match(text) if len(text) <= LONGEST_LINE_BYTES else None
    if found is None or b" begins " in text:
        return None
    begun_us = moment_us(found["begun"], now_us, zone)
    who = _who(found["who"])
    if begun_us is None or begun_us <= 0 or who is None:
        return None
    user, tty, host = who
    end = found["end"] or b""
    ended_us = end_us(end, found["lasted"], begun_us, now_us, zone)
    return _Line(user, tty, host or found["host"] or b"", begun_us, end, ended_us)


def _who(text: bytes) -> tuple[bytes, bytes, bytes] | None:
    """User, terminal and host: the terminal is found from the end, since a name may hold anything."""
    words = list(_WORD.finditer(text))
    place = next((word for word in reversed(words) if _TERMINAL.fullmatch(word[0])), None)
    if place is None:
        if len(words) < 2:
            return None
        place = words[1]
    host = b" ".join(text[place.end() :].split())
    return text[: place.start()].strip(), place[0], b"" if host.startswith(b":") else host


def _event(
    kind: EventKind,
    time_us: int,
    line: _Line,
    machine: str,
    origin: Origin,
    standing: Standing,
    seen_us: int,
    skew_us: int,
) -> Event:
    is_own = kind in (EventKind.BOOT, EventKind.SHUTDOWN)
    user, raw_user = received(b"" if is_own else line.user)
    tty, raw_tty = received(b"" if is_own else line.tty)
    source, raw_source = received(b"" if is_own or kind is EventKind.LOGOUT else line.host)
    return Event(
        machine=machine,
        kind=kind,
        time_us=time_us,
        user=user,
        tty=tty,
        source=source,
        origin=origin,
        raw=raw_text(raw_user, raw_tty, raw_source),
        standing=standing,
        seen_us=seen_us,
        skew_us=skew_us,
    )
