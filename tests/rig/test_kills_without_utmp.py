"""Killed at any moment, whotop keeps each login once where the journal or wtmpdb alone tell of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
from pathlib import Path

import pytest

from tests.rig.eye import Eye, watching
from tests.rig.journald import forget_records, keep_journal, let_read, missing
from tests.rig.kept import kept_cursor, until_kept
from tests.rig.machine import WATCHER, Rig, RigMachine
from tests.rig.test_kills import START_SECONDS
from tests.rig.traffic import Traffic
from tests.rig.whotop_process import WhotopProcess
from tests.rig.wtmpdb import keep_wtmpdb, rows
from whotop.core.identity import TOLERANCE_US
from whotop.model import Origin, Outcome, Session

pytestmark = [
    pytest.mark.rig,
    pytest.mark.skipif(bool(missing()) and os.environ.get("WHOTOP_RIG") != "required", reason=missing()),
]

_TOLD = re.compile(
    r"^(\S+) \S+ sshd\[(\d+)\]: (?:Accepted publickey|(pam_unix\(sshd:session\): session closed)) for (?:user )?(\w+)",
    re.MULTILINE,
)

Stay = tuple[str, int, int | None]
"""User, login, and logout of a session; µs."""


@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.long)])
async def test_every_session_is_kept_once_though_whotop_is_killed(rig: Rig, tmp_path: Path, kills: int) -> None:
    seed = int(os.environ.get("WHOTOP_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"WHOTOP_SEED={seed}, {kills} kills")
    chance = random.Random(seed)
    by_journal, by_wtmpdb = rig.machine("log-01"), rig.machine("new-01")
    keep_journal(by_journal)
    let_read(by_journal)
    database = keep_wtmpdb(by_wtmpdb)
    machines = [by_journal, by_wtmpdb]
    for machine in machines:
        forget_records(machine)
    store = tmp_path / "whotop.db"
    async with watching(rig, *machines, store=store) as eye:
        # From where on there is news: an earlier one is history.
        await eye.until(lambda _: kept_cursor(store, "log-01", Origin.JOURNAL), "a cursor of the journal")
        await eye.until(lambda _: kept_cursor(store, "new-01", Origin.WTMPDB), "a cursor of wtmpdb")
    async with Traffic(machines, chance):
        for _ in range(kills):
            async with WhotopProcess(rig, *machines, store=store) as whotop:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(whotop.fleet(), START_SECONDS)
                await asyncio.sleep(chance.uniform(0, 1.2))
    async with watching(rig, *machines, store=store) as eye:
        await eye.until_up("log-01", "new-01")
        await eye.until_there("dave", "log-01")
        await eye.until_there("dave", "new-01")
        await _until_kept(eye, by_journal, _told_by_journal(by_journal))
        await _until_kept(eye, by_wtmpdb, [row for row in rows(database) if row[0] != WATCHER])


def _told_by_journal(machine: RigMachine) -> list[Stay]:
    stays: dict[str, Stay] = {}
    machine.run("journalctl --sync")
    for stamp, process, closed, user in _TOLD.findall(machine.run("journalctl -q -o short-unix -t sshd _UID=0")):
        time_us = round(float(stamp) * 1_000_000)
        begun = stays.get(process)
        stays[process] = (user, begun[1], time_us) if closed and begun is not None else (user, time_us, None)
    return [stay for stay in stays.values() if stay[0] != WATCHER]


async def _until_kept(eye: Eye, machine: RigMachine, expected: list[Stay]) -> None:
    """Wait until these are kept: a log may have been read in part, and what it leaves open is not settled at once."""
    expected.sort(key=lambda stay: stay[1])

    async def are_kept() -> None:
        found = await eye.feed.history.sessions(machine=machine.name)
        assert_same_stays([one for one in found if one.user != WATCHER], expected)

    await until_kept(are_kept)
    print(f"{machine.name}: {len(expected)} sessions")


def assert_same_stays(sessions: list[Session], expected: list[Stay]) -> None:
    kept = sorted(sessions, key=lambda session: session.login_us)
    assert [one.user for one in kept] == [user for user, _, _ in expected]
    for one, (_, login_us, logout_us) in zip(kept, expected, strict=True):
        assert abs(one.login_us - login_us) < TOLERANCE_US
        assert (one.outcome is Outcome.OPEN) == (logout_us is None)
        assert logout_us is None or abs((one.logout_us or 0) - logout_us) < TOLERANCE_US
        assert one.outcome in (Outcome.OPEN, Outcome.LOGOUT)
