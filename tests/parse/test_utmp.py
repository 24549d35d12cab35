"""Login records: what each says, in every layout, whoever wrote it.

Each case is a file of records beside a JSON file with the events that they are; ``why`` tells what
it shows.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Event, Origin, Standing
from whotop.parse.utmp import Ordinals, events, live_reports
from whotop.parse.utmp_layout import LAYOUTS, layout_of

CASES = sorted((Path(__file__).parent / "utmp").glob("*.json"))
NARROW = struct.Struct("<hxxi32s4s32s256shhiIi16s20s")
SECOND = 1_795_298_012


def record(kind: int, user: bytes, line: bytes, host: bytes = b"", second: int = SECOND, pid: int = 9) -> bytes:
    return NARROW.pack(kind, pid, line, b"", user, host, 0, 0, 0, second, 0, b"", b"")


def told(event: Event) -> dict[str, Any]:
    """The event without what is the same in all of a case."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return {name: value for name, value in fields.items() if name not in {"machine", "origin"}}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_records_become_the_events_that_they_tell(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    data = path.with_suffix(".bin").read_bytes()
    assert layout_of(data).name == case["layout"]
    found = events(data, "web-01", Origin(case["origin"]))
    assert {event.machine for event in found} == {"web-01"}
    assert {event.origin for event in found} == {case["origin"]}
    without_defaults = [{name: value for name, value in event.items() if value} for event in case["events"]]
    assert [told(event) for event in found] == without_defaults


def test_ordinals_go_on_from_piece_to_piece() -> None:
    ordinals = Ordinals()
    logout = record(8, b"", b"pts/1")
    pieces = [events(piece, "web-01", ordinals=ordinals) for piece in (logout * 2, logout)]
    assert [event.ordinal for piece in pieces for event in piece] == [0, 1, 2]


def test_a_piece_that_a_new_connection_sends_again_tells_the_same_events() -> None:
    piece = record(8, b"", b"pts/1") * 2
    assert events(piece, "web-01", ordinals=Ordinals()) == events(piece, "web-01", ordinals=Ordinals())


def test_what_the_reader_knows_beside_the_record_is_in_the_event() -> None:
    [event] = events(
        record(7, b"anna", b"pts/1"),
        "web-01",
        boot_id="boot",
        standing=Standing.LATE,
        seen_us=5,
        skew_us=-7,
    )
    assert (event.boot_id, event.standing, event.seen_us, event.skew_us) == ("boot", Standing.LATE, 5, -7)


def test_the_live_list_holds_who_is_logged_in() -> None:
    data = record(7, b"anna", b"pts/0", b"192.0.2.7") + record(7, b"root", b"tty1") + record(6, b"LOGIN", b"tty2")
    reports = live_reports(data, "web-01", {"pts/0"}, boot_id="boot")
    assert [(one.user, one.tty, one.source, one.origin) for one in reports] == [
        ("anna", "pts/0", "192.0.2.7", Origin.UTMP),
        ("root", "tty1", "", Origin.UTMP),
    ]


def test_a_live_record_of_a_terminal_that_is_gone_is_a_leftover() -> None:
    assert live_reports(record(7, b"anna", b"pts/0"), "web-01", {"pts/1"}) == []


def test_live_list_and_login_record_tell_the_same_login_alike() -> None:
    data = record(7, b"anna\x1b", b"pts/0", b"192.0.2.7")
    [live], [written] = live_reports(data, "web-01", {"pts/0"}), events(data, "web-01")
    same = ("kind", "time_us", "user", "tty", "source", "login_pid", "raw")
    assert [getattr(live, name) for name in same] == [getattr(written, name) for name in same]


def test_one_record_is_enough_to_know_the_layout() -> None:
    for path in CASES:
        case = json.loads(path.read_text("utf-8"))
        if path.stem.startswith("ssh_login"):
            size = int(case["layout"].split()[0])
            assert layout_of(path.with_suffix(".bin").read_bytes()[:size]).name == case["layout"]


def test_nothing_at_all_is_no_event() -> None:
    assert events(b"", "web-01") == []
    assert live_reports(b"", "web-01", ()) == []


@given(data=st.binary(max_size=2_000), origin=st.sampled_from([Origin.WTMP, Origin.BTMP]))
def test_arbitrary_bytes_give_events_or_nothing(data: bytes, origin: Origin) -> None:
    events(data, "web-01", origin)
    live_reports(data, "web-01", {"pts/0"})


FIELDS = st.tuples(
    st.integers(-(2**15), 2**15 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.binary(max_size=32) | st.sampled_from([b"~", b"|", b"{", b"pts/0"]),
    st.binary(max_size=32) | st.sampled_from([b"reboot", b"shutdown", b"runlevel", b"date", b"LOGIN"]),
    st.binary(max_size=256),
    st.integers(0, 2**32 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.binary(max_size=16),
)


@given(records=st.lists(FIELDS, max_size=5), layout=st.sampled_from(LAYOUTS))
def test_whatever_a_record_holds_its_events_are_safe_to_show(records: list[Any], layout: Any) -> None:
    data = b"".join(layout.record.pack(*fields) for fields in records)
    for event in events(data, "web-01", layout=layout) + live_reports(data, "web-01", {"pts/0"}, layout=layout):
        assert 0 <= event.time_us <= 2**53
        assert event.login_pid >= 0
        for text in (event.user, event.tty, event.source, event.detail):
            assert len(text) <= 256
            assert "\x1b" not in text
            assert text.isprintable()
