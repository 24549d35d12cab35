"""What utmpdump printed is read as the records that it printed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import EventKind, Origin
from whotop.parse.record_kind import RecordKind, kind_of
from whotop.parse.utmpdump_text import events, is_line

WTMP = b"""\
[2] [00000] [~~  ] [reboot  ] [~           ] [6.1.0-18-amd64      ] [0.0.0.0        ] [2026-11-22T00:00:01,000000+00:00]
[7] [01234] [ts/0] [anna    ] [pts/0       ] [192.0.2.7           ] [192.0.2.7      ] [2026-11-22T00:23:12,250000+00:00]
[7] [01240] [ts/1] [bert    ] [pts/1       ] [                    ] [2001:db8::7    ] [2026-11-22T00:24:12,000000+00:00]
[8] [01234] [    ] [        ] [pts/0       ] [                    ] [0.0.0.0        ] [2026-11-22T00:30:01,000000+0000]
[1] [00000] [~~  ] [shutdown] [~           ] [6.1.0-18-amd64      ] [0.0.0.0        ] [2026-11-22T02:00:01,000000+01:00]
"""


def test_records_become_the_events_that_the_file_itself_would_have() -> None:
    found = events(WTMP.split(b"\n"), "m", Origin.WTMP)
    assert [(event.kind, event.user, event.tty, event.source, event.login_pid) for event in found] == [
        (EventKind.BOOT, "", "", "", 0),
        (EventKind.LOGIN, "anna", "pts/0", "192.0.2.7", 1234),
        (EventKind.LOGIN, "bert", "pts/1", "2001:db8::7", 1240),
        (EventKind.LOGOUT, "", "pts/0", "", 1234),
        (EventKind.SHUTDOWN, "", "", "", 0),
    ]
    assert [event.time_us - found[0].time_us for event in found] == [
        0,
        1_391_250_000,
        1_451_000_000,
        1_800_000_000,
        3_600_000_000,
    ]


@pytest.mark.parametrize(
    ("written", "hours"), [("Sun Nov 22 00:23:12 2026 UTC", 0), ("Sun Nov 22 01:23:12 2026 CET", 0)]
)
def test_the_times_of_older_versions_are_read_too(written: str, hours: int) -> None:
    line = b"[7] [01234] [ts/0] [anna    ] [pts/0  ] [192.0.2.7 ] [192.0.2.7 ] [" + written.encode() + b"]"
    (event,) = events([line], "m", Origin.WTMP, ZoneInfo("Europe/Berlin"))
    assert event.time_us == (1_795_306_992 + hours * 3600) * 1_000_000


def test_a_dump_is_known_by_its_lines() -> None:
    assert kind_of(WTMP, "records.txt") is RecordKind.UTMPDUMP


def test_failed_logins_are_read_from_a_dump_of_btmp() -> None:
    line = (
        b"[6] [01234] [    ] [root    ] [ssh:notty   ] [203.0.113.9 ] [203.0.113.9 ] [2026-11-22T00:00:01,000000+00:00]"
    )
    (event,) = events([line], "m", Origin.BTMP)
    assert (event.kind, event.user, event.source) == (EventKind.FAILED_LOGIN, "root", "203.0.113.9")


@given(st.binary(max_size=200))
def test_whatever_a_line_holds_it_is_read_or_left_out(line: bytes) -> None:
    assert events([line], "m", Origin.WTMP) == [] or is_line(line)
