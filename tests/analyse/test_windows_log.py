"""Logs of Windows as files: exported ones, ``.evtx`` through its library, and what cannot be read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from whotop.analyse.windows_log import BROKEN_RECORDS, EVTX_MAGIC, is_evtx, read_records, windows_log
from whotop.errors import InputError
from whotop.model import EventKind, Standing


def record(number: int, second: int, user: str = "root") -> dict[str, object]:
    """A record as the library gives it."""
    event = {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
            "EventID": 4625,
            "TimeCreated": {"#attributes": {"SystemTime": f"2026-11-20T12:00:{second:02}.346000Z"}},
            "EventRecordID": number,
            "Channel": "Security",
            "Computer": "ws-07",
        },
        "EventData": {"TargetUserName": user, "LogonType": 10, "IpAddress": "192.0.2.1", "SubStatus": "0xc000006a"},
    }
    return {"event_record_id": number, "timestamp": "", "data": json.dumps({"Event": event})}


class Reader:
    """In the place of the library's."""

    def __init__(self, *records: dict[str, object] | None) -> None:
        self._records = iter(records)

    def records_json(self) -> Iterator[dict[str, object]]:
        return self

    def __iter__(self) -> Iterator[dict[str, object]]:
        return self

    def __next__(self) -> dict[str, object]:
        found = next(self._records)
        if found is None:
            raise RuntimeError("a broken record")
        return found


class Endless(Reader):
    def __next__(self) -> dict[str, object]:
        raise RuntimeError("a broken record")


def test_records_become_history_in_the_order_of_their_times() -> None:
    log = read_records(Reader(record(2, 9, "late"), record(1, 3, "early")))
    assert [(event.user, event.kind, event.standing, event.machine) for event in log.events] == [
        ("early", EventKind.FAILED_LOGIN, Standing.HISTORY, "ws-07"),
        ("late", EventKind.FAILED_LOGIN, Standing.HISTORY, "ws-07"),
    ]
    assert log.events[0].record_id == "Security:1"


def test_a_broken_record_costs_no_other() -> None:
    log = read_records(Reader(record(1, 1), None, {"data": "{"}, {}, record(2, 2)))
    assert (log.records, log.broken) == (2, 3)


def test_a_file_of_broken_records_alone_comes_to_an_end() -> None:
    assert read_records(Endless()).broken == BROKEN_RECORDS


def test_an_exported_log_is_read_newest_first_as_well(tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    lines = [str(record(number, number)["data"]) for number in (3, 2, 1)]
    file.write_text("\n".join(lines), "utf-8")
    assert [event.record_id for event in windows_log(file).events] == ["Security:1", "Security:2", "Security:3"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no-such\.evtx: No such file"):
        windows_log(tmp_path / "no-such.evtx")


def test_without_the_library_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "Security.evtx"
    file.write_bytes(EVTX_MAGIC)
    monkeypatch.setitem(sys.modules, "evtx", None)
    with pytest.raises(InputError, match=r"pip install 'whotop\[evtx\]'"):
        windows_log(file)


def test_a_file_that_only_begins_like_a_log_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("evtx")
    file = tmp_path / "Security.evtx"
    file.write_bytes(EVTX_MAGIC + b"\xff" * 64)
    with pytest.raises(InputError, match="no log of Windows that can be read"):
        windows_log(file)


def test_logs_are_known_by_their_first_bytes() -> None:
    assert is_evtx(EVTX_MAGIC + b"more")
    assert not is_evtx(b"<Events>")
