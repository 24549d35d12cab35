"""Killed at any instant, the usage job ends with the table of one that was left alone."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.monitor.killed_usage import TODAY_US, run
from whotop.clock import DAY_US, HOUR_US, ManualClock
from whotop.model import Event, EventKind
from whotop.store.batch import WriteBatch
from whotop.store.store import open_store

KILLER = Path(__file__).with_name("killed_usage.py")
TABLES = ("usage_users", "usage_days", "usage_day_users", "usage_periods", "usage_checkpoint")


async def log_in_for(days: int, place: Path) -> None:
    """Some thirty logins a day, with whole days without any."""
    chance = random.Random(7)
    store = await open_store(place, clock=ManualClock(TODAY_US))
    batch = WriteBatch()
    for number in range(days * 30):
        ago = number % days
        if ago % 9:
            event = Event(
                machine=f"web-{chance.randrange(4)}",
                kind=EventKind.LOGIN,
                time_us=TODAY_US - ago * DAY_US - chance.randrange(11) * HOUR_US,
                user=f"user{chance.randrange(60)}",
                source=f"10.0.0.{chance.randrange(3)}",
                key=number.to_bytes(16),
            )
            batch.events[event.key] = event
    await store.commit(batch)
    await store.close()


def recorded(place: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(place)) as connection:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


@pytest.mark.parametrize(("kills", "days"), [(5, 40), pytest.param(50, 100, marks=pytest.mark.long)])
async def test_a_job_that_is_killed_again_and_again_records_what_an_undisturbed_one_does(
    tmp_path: Path, kills: int, days: int
) -> None:
    await log_in_for(days, tmp_path / "undisturbed.db")
    shutil.copy(tmp_path / "undisturbed.db", tmp_path / "killed.db")
    await run(str(tmp_path / "undisturbed.db"), None)
    seed = random.randrange(1_000_000)
    command = [sys.executable, str(KILLER), str(tmp_path / "killed.db"), str(kills), str(seed)]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=120)
    expected = recorded(tmp_path / "undisturbed.db")
    assert len(expected["usage_day_users"]) == sum(1 for ago in range(days) if ago % 9)
    assert recorded(tmp_path / "killed.db") == expected, f"seed {seed}"
