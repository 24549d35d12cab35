"""Exported Windows logs: whatever a file holds, it costs no crash, and one broken event costs no other."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.windows_event import WindowsEvent, number, time_us
from whotop.parse.windows_event_json import json_event
from whotop.parse.windows_export import exported_events

EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID Qualifiers='32768'>6005"
    "</EventID><TimeCreated SystemTime='2026-11-20T06:58:01.1234567Z'/><EventRecordID>9</EventRecordID>"
    "<Provider Name='EventLog'/><Channel>System</Channel><Computer>ws-07</Computer></System>"
    "<EventData><Data>one</Data><Data>two</Data></EventData></Event>"
)
READ = WindowsEvent(
    id=6005,
    time_us=1_795_157_881_123_456,
    record=9,
    provider="EventLog",
    channel="System",
    computer="ws-07",
    data={"1": "one", "2": "two"},
)


def events(text: str) -> list[WindowsEvent]:
    return list(exported_events(text.encode()))


def test_an_event_with_qualifiers_and_without_names_is_read() -> None:
    assert events(EVENT) == [READ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    assert list(exported_events(EVENT.encode(encoding))) == [READ]


@pytest.mark.parametrize(
    "broken",
    [
        EVENT[:-20],
        EVENT.replace("</System>", ""),
        EVENT.replace("2026-11-20", "yesterday"),
        EVENT.replace("6005", ""),
        EVENT.replace("one", "&no-such-entity;"),
        "<Event>" + "<a>" * 100 + "</Event>",
        EVENT.replace("one", "x" * 300_000),
    ],
)
def test_a_broken_event_costs_no_other(broken: str) -> None:
    assert events(f"{EVENT}\n{broken}\n{EVENT}") == [READ, READ]


@pytest.mark.parametrize("typed", ["\x01", "\ufffe", "&#1;", "&#xFFFF;"])
def test_characters_that_xml_does_not_know_hide_nothing(typed: str) -> None:
    (event,) = events(EVENT.replace("one", f"ro{typed}ot"))
    assert event.data["1"] == "ro\ufffdot"


def test_entities_are_refused() -> None:
    bomb = "<!DOCTYPE Event [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
    inside = EVENT.replace("<System>", f"{bomb}<System>").replace("one", "&b;")
    assert events(bomb + EVENT.replace("one", "&b;")) == []
    assert events(inside) == []


def test_values_are_cut_to_a_bearable_length() -> None:
    (event,) = events(EVENT.replace("one", "x" * 5_000))
    assert len(event.data["1"]) == 1_024


def test_json_between_other_lines_is_read() -> None:
    line = json.dumps({"id": 4608, "record": 1, "time": "2026-11-20T06:58:01Z", "data": {}})
    assert [event.id for event in events(f"Record 1\n{line}\nRecord 2\n{{broken\n{line}\n")] == [4608, 4608]


@pytest.mark.parametrize(
    ("text", "moment_us"),
    [
        ("2026-11-20T06:58:01.1234567Z", 1_795_157_881_123_456),
        ("2026-11-20T06:58:01.1234567+01:00", 1_795_154_281_123_456),
        ("2026-11-20 06:58:01", 1_795_157_881_000_000),
        ("2026-11-20 06:58:01.500000 UTC", 1_795_157_881_500_000),
        ("/Date(1795157881123)/", 1_795_157_881_123_000),
        ("20.11.2026 06:58:01", 0),
        ("1600-01-01T00:00:00Z", 0),
        ("2026-13-41T99:00:00Z", 0),
        ("", 0),
    ],
)
def test_moments(text: str, moment_us: int) -> None:
    assert time_us(text) == moment_us


@pytest.mark.parametrize(("text", "value"), [("4624", 4624), ("0x3E7", 999), ("-1", -1), ("1_0", -1), ("", -1)])
def test_numbers(text: str, value: int) -> None:
    assert number(text) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "Event", "System", "EventID", "EventData", "UserData", "Data", "#text", "#attributes", "TimeCreated",
                "SystemTime", "winlog", "event_data", "Properties", "Value", "Id", "id", "data", "time", "EventTime",
            ]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=15,
)  # fmt: skip


@given(json_values)
def test_no_json_can_stop_the_reader(value: object) -> None:
    event = json_event(value)
    assert event is None or event.time_us > 0


@given(st.text(alphabet="<>/Eventx:&;'\" =[]{}\n1234", max_size=200) | st.binary(max_size=200))
def test_no_file_can_stop_the_reader(content: str | bytes) -> None:
    for event in exported_events(content if isinstance(content, bytes) else content.encode()):
        assert event.time_us > 0


def test_the_name_of_a_record_shows_as_itself() -> None:
    event = WindowsEvent(id=4624, time_us=1, record=7, channel="Secu\nrity\x1b")
    assert event.record_id == r"Secu\x0arity\x1b:7"
