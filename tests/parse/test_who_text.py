"""What who prints: each program that does, and people alone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.model import Event, EventKind, Origin
from whotop.parse.who_text import live_reports

NOW_US = 1_795_312_800 * SECOND_US
"""2026-11-22 02:00 UTC."""


def read(text: str) -> list[Event]:
    return live_reports(text.encode(), "web-01", NOW_US)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna     pts/0        Nov 22 00:23 (192.0.2.7)", ("anna", "pts/0", "192.0.2.7", "2026-11-22 00:23:00")),
        ("anna     pts/0        2026-11-22 00:23 (192.0.2.7)", ("anna", "pts/0", "192.0.2.7", "2026-11-22 00:23:00")),
        ("anna     sshd pts/0   2026-11-22 00:23 (192.0.2.7)", ("anna", "pts/0", "192.0.2.7", "2026-11-22 00:23:00")),
        (
            "anna   + pts/0        2026-11-22 00:23 00:05    77 (h.lan)",
            ("anna", "pts/0", "h.lan", "2026-11-22 00:23:00"),
        ),
        (
            "anna     pts/0        2026-11-22 00:23   .      77 (h.lan)",
            ("anna", "pts/0", "h.lan", "2026-11-22 00:23:00"),
        ),
        ("root     tty1         Nov 21 23:59", ("root", "tty1", "", "2026-11-21 23:59:00")),
        ("root     tty1         Dec  1 10:00", ("root", "tty1", "", "2025-12-01 10:00:00")),
        ("anna     :0           2026-11-22 00:23 (:0)", ("anna", ":0", "", "2026-11-22 00:23:00")),
        ("anna     console      Nov 20 10:00 ", ("anna", "console", "", "2026-11-20 10:00:00")),
        (
            "anna     ttys000      Nov 20 10:00 \t(2001:db8::7)",
            ("anna", "ttys000", "2001:db8::7", "2026-11-20 10:00:00"),
        ),
        (
            "root       pts/0      00:01     2026-11-22 00:23:12  192.0.2.7",
            ("root", "pts/0", "192.0.2.7", "2026-11-22 00:23:12"),
        ),
        (
            "root       pts/0      ?     Nov 22 00:23:12  192.0.2.7",
            ("root", "pts/0", "192.0.2.7", "2026-11-22 00:23:12"),
        ),
    ],
)
def test_a_line_is_an_open_session(text: str, expected: tuple[str, str, str, str]) -> None:
    (report,) = read(text + "\n")
    moment = datetime.fromtimestamp(report.time_us / SECOND_US, UTC)
    assert (report.user, report.tty, report.source, f"{moment:%Y-%m-%d %H:%M:%S}") == expected
    assert (report.kind, report.origin, report.machine) == (EventKind.LOGIN, Origin.WHO, "web-01")


@pytest.mark.parametrize(
    "text",
    [
        "USER       TTY             IDLE      TIME             HOST",
        "NAME     LINE         TIME             COMMENT",
        "         system boot  2026-11-22 00:23",
        "LOGIN    tty1         2026-11-22 00:23               500 id=tty1",
        "reboot   ~            Nov 22 00:23",
        "who: command not found",
        "anna pts/0 2026-13-22 00:23",
        "anna pts/0",
        "",
    ],
)
def test_what_is_no_session_is_left_out(text: str) -> None:
    assert read(text) == []


def test_times_are_in_the_zone_of_the_machine() -> None:
    data = b"anna     pts/0        2026-11-22 01:23 (192.0.2.7)"
    (report,) = live_reports(data, "web-01", NOW_US, ZoneInfo("Europe/Berlin"), boot_id="b", seen_us=5, skew_us=-7)
    assert report.time_us == round(datetime(2026, 11, 22, 0, 23, tzinfo=UTC).timestamp()) * SECOND_US
    assert (report.boot_id, report.seen_us, report.skew_us) == ("b", 5, -7)


def test_names_are_made_safe_and_kept_as_they_were() -> None:
    (report,) = live_reports(b"a\x1b[2J pts/0 Nov 22 00:23 (\xff)\n", "web-01", NOW_US)
    assert (report.user, report.source) == ("a\\x1b[2J", "\\xff")
    assert report.raw is not None


@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_give_sessions_or_nothing(data: bytes) -> None:
    for report in live_reports(data + b"\na b Nov 22 00:23 " + data, "web-01", NOW_US):
        assert report.user.isprintable()
        assert report.tty.isprintable()
        assert report.source.isprintable()
