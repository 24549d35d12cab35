"""What last and lastb print, by every program of that name, and what it tells of."""

from __future__ import annotations

import shutil
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.core.tracker import SessionTracker
from whotop.model import Event, EventKind, Origin
from whotop.parse import utmp
from whotop.parse.last_text import events

NOW_US = 1_795_312_800 * SECOND_US
"""2026-11-22 02:00 UTC."""


def read(*lines: str, **options: Any) -> list[str]:
    """Each event in a few words."""
    found = events("".join(line + "\n" for line in lines).encode(), "web-01", NOW_US, **options)
    return [in_words(event) for event in found]


def in_words(event: Event) -> str:
    moment = datetime.fromtimestamp(event.time_us / SECOND_US, UTC)
    words = [event.kind, f"{moment:%Y-%m-%d %H:%M:%S}", event.user, event.tty, event.source]
    return " ".join(word for word in words if word)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - 00:30  (00:07)",
            ["login 2026-11-22 00:23:00 anna pts/0 192.0.2.7", "logout 2026-11-22 00:30:00 anna pts/0"],
        ),
        (
            "anna     pts/0        192.0.2.7        Sat Nov 21 23:50 - 00:10  (00:20)",
            ["login 2026-11-21 23:50:00 anna pts/0 192.0.2.7", "logout 2026-11-22 00:10:00 anna pts/0"],
        ),
        (
            "anna     pts/0        192.0.2.7        Thu Nov 19 10:00 - 09:00 (1+23:00)",
            ["login 2026-11-19 10:00:00 anna pts/0 192.0.2.7", "logout 2026-11-21 09:00:00 anna pts/0"],
        ),
        (
            "anna     pts/0        192.0.2.7   Sun Nov 22 00:23:12 2026 - Sun Nov 22 00:30:01 2026  (00:06)",
            ["login 2026-11-22 00:23:12 anna pts/0 192.0.2.7", "logout 2026-11-22 00:30:01 anna pts/0"],
        ),
        (
            "anna     pts/0     192.0.2.7     2026-11-22T00:23:12+00:00 - 2026-11-22T00:30:01+00:00  (00:06)",
            ["login 2026-11-22 00:23:12 anna pts/0 192.0.2.7", "logout 2026-11-22 00:30:01 anna pts/0"],
        ),
        (
            "anna     pts/0        Sun Nov 22 00:23 - 00:30  (00:07)     host.example",
            ["login 2026-11-22 00:23:00 anna pts/0 host.example", "logout 2026-11-22 00:30:00 anna pts/0"],
        ),
        (
            "anna     tty1                          Sun Nov 22 00:23   still logged in",
            ["login 2026-11-22 00:23:00 anna tty1"],
        ),
        (
            "anna      pts/1        192.0.2.7              Nov 22 00:23     still logged in.",
            ["login 2026-11-22 00:23:00 anna pts/1 192.0.2.7"],
        ),
        (
            "anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - still logged in",
            ["login 2026-11-22 00:23:00 anna pts/0 192.0.2.7"],
        ),
        (
            "anna     :0           :0               Sun Nov 22 00:23   still logged in",
            ["login 2026-11-22 00:23:00 anna :0"],
        ),
        (
            "anna     pts/0        192.0.2.7        Sun Nov 22 00:23   gone - no logout",
            ["login 2026-11-22 00:23:00 anna pts/0 192.0.2.7", "logout 2026-11-22 00:23:00 anna pts/0"],
        ),
        (
            "anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - crash  (01:00)",
            ["login 2026-11-22 00:23:00 anna pts/0 192.0.2.7", "boot 2026-11-22 01:23:00"],
        ),
        (
            "anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - down   (01:00)",
            ["login 2026-11-22 00:23:00 anna pts/0 192.0.2.7", "shutdown 2026-11-22 01:23:00"],
        ),
        ("reboot   system boot  6.1.0-18-amd64   Sun Nov 22 00:00   still running", ["boot 2026-11-22 00:00:00"]),
        ("shutdown system down  6.1.0-18-amd64   Sun Nov 22 00:00 - 00:01  (00:01)", ["shutdown 2026-11-22 00:00:00"]),
        ("runlevel (to lvl 5)   6.1.0-18-amd64   Sun Nov 22 00:00 - 00:01  (00:01)", []),
        ("boot time                                  Sun Nov 22 00:00", ["boot 2026-11-22 00:00:00"]),
        ("shutdown time                              Sat Nov 21 23:59", ["shutdown 2026-11-21 23:59:00"]),
        ("reboot    ~                         Sun Nov 22 00:00", ["boot 2026-11-22 00:00:00"]),
        (
            "anna       pts/0    192.0.2.7              Sun Nov 22 00:03 - shutdown  (00:07)",
            ["login 2026-11-22 00:03:00 anna pts/0 192.0.2.7", "shutdown 2026-11-22 00:10:00"],
        ),
        (
            "anna  ttys000                   Sun Nov 22 00:23 - 00:30  (00:07)",
            ["login 2026-11-22 00:23:00 anna ttys000", "logout 2026-11-22 00:30:00 anna ttys000"],
        ),
        (
            "root       pts/0          192.0.2.7          Nov 22 00:23",
            ["login 2026-11-22 00:23:00 root pts/0 192.0.2.7"],
        ),
        ("wtmp begins Tue May 20 00:00:00 2025", []),
        ("btmp begins Tue May 20 00:00:00 2025", []),
        ("/var/lib/wtmpdb/wtmp.db begins Tue May 20 00:00:00 2025", []),
        ("USER       TTY            HOST               LOGIN", []),
        ("", []),
    ],
)
def test_a_line_tells_of_a_session_or_of_the_machine(line: str, expected: list[str]) -> None:
    assert read(line) == expected


def test_a_date_without_a_year_is_that_of_its_week_day() -> None:
    assert read("anna     tty1      Fri Nov 22 00:23   still logged in") == ["login 2024-11-22 00:23:00 anna tty1"]
    assert read("anna     tty1      Tue Dec  1 10:00   still logged in") == ["login 2020-12-01 10:00:00 anna tty1"]
    assert read("anna     tty1      Thu Feb 29 10:00   still logged in") == ["login 2024-02-29 10:00:00 anna tty1"]


def test_dates_are_in_the_zone_of_the_machine() -> None:
    line = "anna     tty1      Sun Nov 22 01:23 - 01:30  (00:07)"
    expected = ["login 2026-11-22 00:23:00 anna tty1", "logout 2026-11-22 00:30:00 anna tty1"]
    assert read(line, zone=ZoneInfo("Europe/Berlin")) == expected


def test_events_are_in_the_order_of_time() -> None:
    assert read(
        "bert     tty2         Sun Nov 22 00:40   still logged in",
        "anna     tty1         Sun Nov 22 00:30 - 00:50  (00:20)",
        "carl     tty1         Sun Nov 22 00:10 - 00:30  (00:20)",
    ) == [
        "login 2026-11-22 00:10:00 carl tty1",
        "logout 2026-11-22 00:30:00 carl tty1",
        "login 2026-11-22 00:30:00 anna tty1",
        "login 2026-11-22 00:40:00 bert tty2",
        "logout 2026-11-22 00:50:00 anna tty1",
    ]


def test_a_boot_that_ended_many_sessions_is_one() -> None:
    found = read(
        "reboot   system boot  6.1.0   Sun Nov 22 01:00   still running",
        "anna     tty1                 Sun Nov 22 00:10 - crash  (00:50)",
        "bert     tty2                 Sun Nov 22 00:20 - crash  (00:39)",
    )
    assert [line for line in found if line.startswith("boot")] == ["boot 2026-11-22 01:00:00"]


def test_equal_lines_are_told_apart() -> None:
    line = b"anna     tty1                  Sun Nov 22 01:02 - 01:02  (00:00)\n"
    assert [event.ordinal for event in events(line * 2, "web-01", NOW_US, origin=Origin.BTMP)] == [0, 1]


@pytest.mark.parametrize(
    "name",
    [
        "nosuch from 198.51.100.1 port 5 ssh2",
        "x Sun Nov 22 00:00 - 00:01  (00:01)",
        "tty1 tty2",
        "a b",
        "-",
        "",
    ],
)
def test_whoever_fails_cannot_choose_more_than_the_name(name: str) -> None:
    line = f"{name} ssh:notty    203.0.113.9      Sun Nov 22 01:02 - 01:02  (00:00)"
    expected = " ".join(word for word in ("failed 2026-11-22 01:02:00", name, "ssh:notty 203.0.113.9") if word)
    assert read(line, origin=Origin.BTMP) == [expected]


def record(kind: int, user: bytes, line: bytes, host: bytes, second: int, pid: int = 1) -> bytes:
    fields = (kind, pid, line, b"", user, host, 0, 0, 0, second, 0, b"", b"")
    return struct.pack("<hxxi32s4s32s256shhiIi16s20s", *fields)


def test_what_last_prints_of_records_tells_the_same_sessions_as_the_records(tmp_path: Path) -> None:
    if (last := shutil.which("last")) is None:
        pytest.skip("last is not here")
    start = 1_795_000_000
    data = b"".join(
        [
            record(2, b"reboot", b"~", b"6.1.0", start),
            record(7, b"anna", b"pts/0", b"192.0.2.7", start + 100),
            record(7, b"bert", b"pts/1", b"host.example", start + 200),
            record(8, b"", b"pts/0", b"", start + 1000),
            record(7, b"carl", b"pts/0", b"2001:db8::7", start + 90_000),
            record(1, b"shutdown", b"~", b"6.1.0", start + 180_000),
            record(2, b"reboot", b"~", b"6.1.0", start + 180_100),
            record(7, b"dora", b"tty1", b"", start + 180_200),
            record(2, b"reboot", b"~", b"6.1.0", start + 190_000),
            record(7, b"emil", b"pts/3", b"192.0.2.9", start + 190_100),
            record(8, b"", b"pts/3", b"", start + 190_101),
        ]
    )
    file = tmp_path / "wtmp"
    file.write_bytes(data)
    for style in (["-F"], ["--time-format", "iso"], ["-F", "-a"]):
        command = [last, "-x", "-w", *style, "-f", str(file)]
        printed = subprocess.run(command, check=True, capture_output=True, env={"LC_ALL": "C", "TZ": "UTC"}).stdout
        assert sessions_of(events(printed, "web-01", NOW_US)) == sessions_of(utmp.events(data, "web-01"))


def sessions_of(told: list[Event]) -> dict[tuple[str, str, str, int], tuple[str, int | None]]:
    """Each session's end, by what it is."""
    tracker, found = SessionTracker(), {}
    for transition in tracker.apply_all(sorted(told, key=lambda event: event.time_us)):
        session = transition.session
        if session is not None:
            end_s = None if session.logout_us is None else session.logout_us // SECOND_US
            key = (session.user, session.tty, session.source, session.login_us // SECOND_US)
            found[key] = (session.outcome.value, end_s)
    assert len(found) == 5
    return found


PARTS = st.sampled_from(
    ["anna", " ", "  ", "pts/0", "Sun Nov 22 00:23", " - ", "(00:07)", "2026-11-22T00:23:12+00:00", "crash", "99", ":"]
)


@given(data=st.binary(max_size=200) | st.lists(PARTS, max_size=12).map(lambda parts: "".join(parts).encode()))
def test_arbitrary_bytes_give_events_or_nothing(data: bytes) -> None:
    for origin in (Origin.WTMP, Origin.BTMP):
        for event in events(
            data + b" Sun Nov 22 00:23 - 99:99 (999999+99:99)\n" + data, "web-01", NOW_US, origin=origin
        ):
            assert event.kind in set(EventKind)
            assert event.user.isprintable()
            assert event.source.isprintable()
