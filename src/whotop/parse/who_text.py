"""What ``who`` prints under LC_ALL=C, where a machine's own records cannot be read.

    alice    pts/0        Nov 22 00:23 (10.0.0.7)             GNU, FreeBSD, macOS
    alice    sshd pts/0   2026-11-22 00:23 00:05  1234 (…)    systemd's reader, ``who -u``
    root     pts/0        00:05  2026-11-22 00:23:12  10.0.0.7     busybox

Times have minutes, no zone, and mostly no year.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo

from whotop.model import Event, EventKind, Origin
from whotop.parse.log_stamp import Stamps
from whotop.parse.received import raw_text, received

LONGEST_LINE_BYTES = 1024
MOST_LINES = 10_000

_LINE = re.compile(
    rb"(\S+) +(?:[-+?] +)?(\S+(?: \S+)?)(?: +(?:\d\d:\d\d|\.|old|\?+))? +"
    rb"(\d{4}-\d\d-\d\d|[A-Z][a-z]{2} {1,2}\d{1,2}) (\d\d:\d\d)(:\d\d)?(?: +|$)(.*)$"
)
_BEHIND = re.compile(rb"(?:(?:\d\d:\d\d|\.|old) +\d{1,10} *)?(?:id=\S+ *)?(?:\((.*)\)|(\S+))?$")
_NOBODY = frozenset({b"LOGIN", b"USER", b"NAME", b"reboot", b"run-level"})


def live_reports(
    data: bytes,
    machine: str,
    now_us: int,
    zone: tzinfo = UTC,
    *,
    boot_id: str = "",
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read the whole output into one login for each session; ``now_us`` and ``zone`` are the machine's."""
    stamps = Stamps(zone)
    stamps.expect(now_us)
    reports: list[Event] = []
    for line in data.split(b"\n", MOST_LINES)[:MOST_LINES]:
        found = _LINE.match(line.rstrip()) if len(line) <= LONGEST_LINE_BYTES else None
        if found is None or found[1] in _NOBODY:
            continue
        stamp = stamps.read(b"%s %s%s " % (found[3], found[4], found[5] or b":00"))
        if stamp is None or stamp[0] <= 0:
            continue
        user, raw_user = received(found[1])
        tty, raw_tty = received(found[2].rpartition(b" ")[2])
        source, raw_source = received(_source(found[6]))
        reports.append(
            Event(
                machine=machine,
                kind=EventKind.LOGIN,
                time_us=stamp[0],
                user=user,
                tty=tty,
                source=source,
                origin=Origin.WHO,
                boot_id=boot_id,
                raw=raw_text(raw_user, raw_tty, raw_source),
                seen_us=seen_us,
                skew_us=skew_us,
            )
        )
    return reports


def is_line(text: bytes) -> bool:
    """Whether a line looks like one of these."""
    return len(text) <= LONGEST_LINE_BYTES and _LINE.match(text.rstrip()) is not None


def _source(behind: bytes) -> bytes:
    """What stands behind the time: idle time and process with ``-u``, and the host; a display is none."""
    found = _BEHIND.match(behind.strip())
    host = b"" if found is None else found[1] or found[2] or b""
    return b"" if host.startswith(b":") else host
