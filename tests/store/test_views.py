"""The views are what docs/store.md promises other programs."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from whotop.clock import SECOND_US, ManualClock
from whotop.model import Disk, Machine, MachineState, Sample
from whotop.store.batch import WriteBatch
from whotop.store.store import Store

NOON_US = 1_763_726_400_000_000
DOCUMENT = (Path(__file__).parents[2] / "docs" / "store.md").read_text()
SAMPLE = Sample(
    machine="web-01",
    time_us=NOON_US - 250_000,
    cpu_percent=43.21,
    memory_percent=61.5,
    load1=0.82,
    load5=0.5,
    load15=0.4,
    uptime_seconds=3600.5,
    received_bytes_per_second=1000.0,
    sent_bytes_per_second=2000.0,
    disks=(Disk(mount="/", size_bytes=10, available_bytes=5, used_percent=50.0),),
)


def query(place: Path, sql: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


@pytest.fixture
async def filled(store: Store, clock: ManualClock) -> Store:
    machine = Machine(name="web-01", address="ops@web-01:2222", state=MachineState.UP)
    await store.commit(WriteBatch(machines={"web-01": machine}, samples=[(SAMPLE, 3)]))
    clock.advance(70)
    await store.commit(WriteBatch())
    return store


async def test_a_sample_is_one_row_with_its_figures(filled: Store, place: Path) -> None:
    assert query(place, "SELECT * FROM machine_statistics") == [
        {
            "machine": "web-01",
            "address": "ops@web-01:2222",
            "time": "2025-11-21T11:59:59Z",
            "time_us": SAMPLE.time_us,
            "cpu_percent": 43.21,
            "memory_percent": 61.5,
            "swap_percent": None,
            "load1": 0.82,
            "load5": 0.5,
            "load15": 0.4,
            "disk_percent": 50.0,
            "received_bytes_per_second": 1000.0,
            "sent_bytes_per_second": 2000.0,
            "sessions": 3,
            "uptime_seconds": 3600.5,
            "batch_time_us": NOON_US,
        }
    ]


async def test_a_minute_is_one_row_with_its_figures(filled: Store, place: Path) -> None:
    minute_us = NOON_US - 60 * SECOND_US
    assert query(place, "SELECT * FROM machine_statistics_by_minute") == [
        {
            "machine": "web-01",
            "address": "ops@web-01:2222",
            "time": "2025-11-21T11:59Z",
            "time_us": minute_us,
            "samples": 1,
            "cpu_percent": 43.2,
            "cpu_percent_max": 43.2,
            "memory_percent": 61.5,
            "swap_percent": None,
            "load1": 0.82,
            "load1_max": 0.82,
            "disk_percent_max": 50.0,
            "sessions_max": 3,
            "hour_us": NOON_US - 3600 * SECOND_US,
        }
    ]


async def test_every_column_is_documented(filled: Store, place: Path) -> None:
    for view in ("machine_statistics", "machine_statistics_by_minute"):
        for column in query(place, f"SELECT * FROM {view}")[0]:
            assert f"`{column}`" in DOCUMENT


async def test_every_table_is_documented(store: Store, place: Path) -> None:
    for row in query(place, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"):
        assert f"`{row['name']}`" in DOCUMENT


@pytest.mark.parametrize("sql", re.findall(r"(?:^--[^\n]*\n)?^SELECT.*?;$", DOCUMENT, re.DOTALL | re.MULTILINE))
async def test_every_query_of_the_document_runs(filled: Store, place: Path, sql: str) -> None:
    query(place, sql.replace("unixepoch()", str(NOON_US // SECOND_US)))
