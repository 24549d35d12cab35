"""Logs of Windows as files: exported ones, ``.evtx`` through its library, and what cannot be read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from whotop.analyse.record_files import Reading, RecordFile
from whotop.analyse.windows_log import FAULTS, export_log, read_records, windows_log
from whotop.errors import InputError
from whotop.model import EventKind, Standing

MAGIC = b"ElfFile\0"


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
    assert (log.records, len(log.faults)) == (2, 3)
    assert log.faults[0] == "a record cannot be read: a broken record"


def test_a_file_of_broken_records_alone_comes_to_an_end() -> None:
    assert len(read_records(Endless()).faults) == FAULTS


def test_an_exported_log_is_read_newest_first_as_well() -> None:
    content = "\n".join(str(record(number, number)["data"]) for number in (3, 2, 1)).encode()
    assert [event.record_id for event in export_log(content).events] == ["Security:1", "Security:2", "Security:3"]


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of one event and three faults."""
    file = tmp_path / "Security.evtx"
    file.write_bytes(MAGIC)
    log = read_records(Reader(record(1, 1), None, {"data": "{"}, {}))
    monkeypatch.setattr("whotop.analyse.windows_log.windows_log", lambda path: log)
    return file


def test_what_is_damaged_ends_the_reading_unless_somebody_is_told(damaged: Path) -> None:
    with pytest.raises(InputError, match=r"Security\.evtx: a record cannot be read: a broken record \(and 2 more\)"):
        list(RecordFile(str(damaged), Reading()).events())


def test_where_somebody_is_told_of_what_is_passed_over_the_rest_is_read(damaged: Path) -> None:
    told: list[InputError] = []
    assert len(list(RecordFile(str(damaged), Reading(pass_over=told.append)).events())) == 1
    assert len(told) == 1


def test_where_rows_may_be_refused_so_is_each_record(damaged: Path) -> None:
    refused: list[InputError] = []
    assert len(list(RecordFile(str(damaged), Reading(refuse=refused.append)).events())) == 1
    assert len(refused) == 3


@pytest.mark.parametrize(("chunks", "faults"), [(2, []), (3, ["it is cut off: of 3 chunks 2 are there"])])
def test_that_a_file_is_cut_off_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunks: int, faults: list[str]
) -> None:
    file = tmp_path / "Security.evtx"
    with file.open("wb") as log:
        log.write(MAGIC.ljust(42, b"\0") + chunks.to_bytes(2, "little"))
        log.truncate(4096 + 2 * 65_536 + 9)
    monkeypatch.setitem(sys.modules, "evtx", SimpleNamespace(PyEvtxParser=lambda path: Reader()))
    assert windows_log(file).faults == faults


def test_without_the_library_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "Security.evtx"
    file.write_bytes(MAGIC)
    monkeypatch.setitem(sys.modules, "evtx", None)
    with pytest.raises(InputError, match=r"pip install 'whotop\[evtx\]'"):
        windows_log(file)


def test_a_file_that_only_begins_like_a_log_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("evtx")
    file = tmp_path / "Security.evtx"
    file.write_bytes(MAGIC + b"\xff" * 64)
    with pytest.raises(InputError, match="no log of Windows that can be read"):
        windows_log(file)
