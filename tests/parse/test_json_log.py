"""Logs in JSON, however their entries are laid out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whotop.parse import json_values
from whotop.parse.json_log import json_log_lines
from whotop.parse.record_kind import RecordKind, kind_of

MESSAGE = "Failed password for root from 203.0.113.9 port 4000 ssh2"
ENTRY = {
    "__CURSOR": "s=0639cb9d3d5a4b2c8f1e5a7c9b0d1e2f;i=1a;b=1",
    "__REALTIME_TIMESTAMP": "1795306202000000",
    "_HOSTNAME": "web-01",
    "SYSLOG_IDENTIFIER": "sshd",
    "_PID": "1200",
    "_UID": "0",
    "MESSAGE": MESSAGE,
}
MACOS = {
    "timestamp": "2026-11-22 01:10:02.000000+0100",
    "processID": 1200,
    "processImagePath": "/usr/libexec/sshd",
    "eventMessage": MESSAGE,
}
FILEBEAT = {
    "@timestamp": "2026-11-22T00:10:02.000Z",
    "message": MESSAGE,
    "syslog": {"identifier": "sshd"},
    "journald": {"pid": 1200, "uid": 0},
    "host": {"hostname": "web-01"},
}
LAYOUTS = {
    "json-pretty": json.dumps(ENTRY, indent=8) + "\n" + json.dumps(ENTRY, indent=8) + "\n",
    "json-sse": f"data: {json.dumps(ENTRY)}\n\n" * 2,
    "json-seq": f"\x1e{json.dumps(ENTRY)}\n" * 2,
    "an array": json.dumps([ENTRY, ENTRY]),
    "an array over many lines": json.dumps([ENTRY, ENTRY], indent=2),
    "Filebeat": f"{json.dumps(FILEBEAT)}\n" * 2,
    "Filebeat, in Elasticsearch's": f"{json.dumps({'_index': 'x', '_source': FILEBEAT})}\n" * 2,
    "Filebeat, in a test of its own": json.dumps({"events": [FILEBEAT, FILEBEAT]}, indent=4),
    "macOS, ndjson": f"{json.dumps(MACOS)}\n" * 2,
    "macOS, json": json.dumps([MACOS, MACOS], indent=2),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_entries_are_the_same_in_every_layout(text: str) -> None:
    assert kind_of(text.encode(), "export") is RecordKind.JSON_LOG
    lines = list(json_log_lines(text.encode()))
    assert len(lines) == 2
    told = {(line.program, line.pid, line.time_us, line.message) for line in lines}
    assert told == {(b"sshd", 1200, 1_795_306_202_000_000, MESSAGE.encode())}


def test_what_anybody_but_root_sent_in_the_name_of_sshd_is_no_line() -> None:
    made_up = {**FILEBEAT, "journald": {"pid": 1200, "uid": 1000}}
    assert list(json_log_lines(json.dumps(made_up).encode())) == []


def test_one_entry_a_line_stays_the_journal_that_is_read_in_pieces() -> None:
    assert kind_of(f"{json.dumps(ENTRY)}\n".encode(), "export") is RecordKind.JOURNAL


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ENTRY, *MACOS, *FILEBEAT, "events"]), inner, max_size=7)
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(JSON)
def test_no_json_can_stop_the_reader(value: object) -> None:
    assert all(line.time_us > 0 for line in json_log_lines(json.dumps(value).encode()))


def test_what_seems_to_be_json_up_to_the_end_is_not_read_to_the_end_at_every_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = json.JSONDecoder()
    tried: list[int] = []

    class Counting:
        def raw_decode(self, text: str, place: int) -> tuple[object, int]:
            tried.append(place)
            return reader.raw_decode(text, place)

    monkeypatch.setattr(json_values, "_decoder", Counting())
    assert list(json_values.json_objects(("[" + "0," * 30 + "\n") * 1_000)) == []
    assert len(tried) < 10
    assert list(json_values.json_objects("[not json\n" * 100 + '{"a": 1}\n')) == [{"a": 1}]


@pytest.mark.parametrize("between", ["", ",", " ", "\r\n", "\n\x1e", "\ndata: "])
def test_values_may_follow_each_other_in_a_line_or_not(between: str) -> None:
    assert list(json_values.json_objects(between.join(['{"a": 1}'] * 20_000))) == [{"a": 1}] * 20_000
