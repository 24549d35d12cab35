"""What ``utmpdump`` prints of utmp, wtmp and btmp (util-linux sys-utils/utmpdump.c, print_utline).

    [7] [01234] [ts/0] [anna    ] [pts/0       ] [host.example  ] [192.0.2.7  ] [2026-11-22T00:23:12,000000+00:00]

Type, process, id, user, line, host, address, time. It writes no bracket of a name, so each field ends
at its own. Before 2016 the time was ``Sun Nov 22 00:23:12 2026 UTC``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from ipaddress import ip_address

from whotop.model import Event, Origin, Standing
from whotop.parse.utmp import Ordinals, events_of
from whotop.parse.utmp_layout import RecordFields

LONGEST_LINE_BYTES = 1024
_FIELD = rb" \[([^\[\]]*)\]"
_LINE = re.compile(rb"\[(\d)\] \[(\d{1,10})\] \[[^\[\]]{0,4}\]" + _FIELD * 5 + rb"\s*$")
_OLD_TIME = "%a %b %d %H:%M:%S %Y"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def events(
    lines: Iterable[bytes], machine: str, origin: Origin, zone: tzinfo = UTC, *, standing: Standing = Standing.HISTORY
) -> list[Event]:
    """Read lines into events, in their order; ``zone`` is the machine's, for times that name none."""
    return events_of(_records(lines, zone), machine, origin, Ordinals(), standing=standing)


def is_line(text: bytes) -> bool:
    """Whether a line looks like one of these."""
    return len(text) <= LONGEST_LINE_BYTES and _LINE.match(text) is not None


def _records(lines: Iterable[bytes], zone: tzinfo) -> Iterator[RecordFields]:
    for text in lines:
        found = _LINE.match(text) if len(text) <= LONGEST_LINE_BYTES else None
        if found is None:
            continue
        kind, pid, user, line, host, address, moment = (field.strip() for field in found.groups())
        seconds, microseconds = _time(moment, zone)
        yield (
            int(kind),
            int(pid),
            _ended(line),
            _ended(user),
            _ended(b"" if host == address else host),
            seconds,
            microseconds,
            _packed(address),
        )


def _ended(text: bytes) -> bytes:
    """As a field of fixed size ends."""
    return text + b"\0"


def _packed(address: bytes) -> bytes:
    try:
        found = ip_address(address.decode("ascii", "replace")).packed
    except ValueError:
        return b""
    return found.ljust(16, b"\0")


def _time(text: bytes, zone: tzinfo) -> tuple[int, int]:
    """Seconds and microseconds; nothing for what is no time."""
    words = text.decode("ascii", "replace")
    try:
        moment = datetime.fromisoformat(words) if words[4:5] == "-" else _old_time(words, zone)
        return divmod((moment - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    except (ValueError, TypeError, OverflowError):
        return 0, 0


def _old_time(words: str, zone: tzinfo) -> datetime:
    clock, _, zone_name = words.rpartition(" ")
    moment = datetime.strptime(clock, _OLD_TIME)  # noqa: DTZ007  the zone is added next
    return moment.replace(tzinfo=UTC if zone_name in ("UTC", "GMT") else zone)
