"""Killed at any moment while people come, fail and go, whotop understands a log of lines as one that never ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from datetime import datetime
from pathlib import Path

import pytest

from tests.rig import syslogd
from tests.rig.eye import watching
from tests.rig.journald import forget_records
from tests.rig.kept import LIMIT, until_kept
from tests.rig.machine import PEOPLE, WATCHER, Rig, RigMachine
from tests.rig.whotop_process import WhotopProcess
from whotop.clock import SystemClock
from whotop.core.feed import History
from whotop.model import Event, EventKind, Origin, Outcome
from whotop.parse.auth_log import AuthLog
from whotop.parse.login_log import LoginLog

pytestmark = pytest.mark.rig

START_SECONDS = 2.5


@pytest.fixture
def machine(rig: Rig) -> RigMachine:
    if reason := syslogd.missing():
        if os.environ.get("WHOTOP_RIG") == "required":
            pytest.fail(f"WHOTOP_RIG=required, but {reason}")
        pytest.skip(reason)
    machine = rig.machine("log-02")
    syslogd.keep_auth_log(machine)
    forget_records(machine)
    return machine


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.long)])
async def test_every_login_logout_and_failure_of_a_log_is_kept_once_though_whotop_is_killed_and_the_log_is_rotated(
    rig: Rig, machine: RigMachine, tmp_path: Path, kills: int
) -> None:
    seed = int(os.environ.get("WHOTOP_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"WHOTOP_SEED={seed}")
    chance = random.Random(seed)
    store, log = tmp_path / "whotop.db", machine.folder / "log" / "auth.log"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("log-02")
    enough = asyncio.Event()
    people = asyncio.create_task(come_and_go(machine, chance, enough))
    for number in range(kills):
        async with WhotopProcess(rig, machine, store=store) as whotop:
            with contextlib.suppress(TimeoutError):  # A slow computer kills it while it starts, at times.
                await asyncio.wait_for(whotop.fleet(), START_SECONDS)
            await asyncio.sleep(chance.uniform(0, 1.2))
        if number == kills // 2:
            log.rename(log.with_name("auth.log.1"))
            syslogd.let_read(machine)
    enough.set()
    await people
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("log-02")
        machine.login("dave")
        await eye.until_there("dave", "log-02")
        await asyncio.to_thread(machine.login("mallory").process.wait)
        logs = [log.with_name("auth.log.1"), log]
        count = await until_kept(lambda: holds_what_the_logs_tell(eye.feed.history, logs))
    print(f"{kills} kills: the store holds the {count} events that the log tells, each once")


async def come_and_go(machine: RigMachine, chance: random.Random, enough: asyncio.Event) -> None:
    while not enough.is_set():
        if chance.random() < 0.3:
            await asyncio.to_thread(machine.login("mallory").process.wait)
            continue
        login = machine.login(chance.choice(PEOPLE[:3]))
        await asyncio.sleep(chance.uniform(0.1, 0.8))
        await asyncio.to_thread(login.logout)


async def holds_what_the_logs_tell(history: History, logs: list[Path]) -> int:
    """Both still grow when the last client has gone."""
    events = told_by(b"".join(log.read_bytes() for log in logs))
    assert_alike(await kept(history), sorted(map(row, events)))
    found = await history.sessions(machine="log-02", limit=LIMIT)
    # A whotop that is killed before it has kept its own login leaves it to be taken for another's.
    sessions = [one for one in found if one.user != WATCHER]
    ended = [one for one in sessions if one.outcome is Outcome.LOGOUT]
    assert len(ended) == sum(event.kind is EventKind.LOGOUT for event in events)
    assert {one.user for one in sessions if one.is_open} == {"dave"}
    return len(events)


def told_by(log: bytes) -> list[Event]:
    """What the whole log tells of people, read in one piece; whotop's own account is not among them."""
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    clock = SystemClock()
    reader = LoginLog("log-02", Origin.AUTH_LOG)
    events = [*reader.events(AuthLog(zone).lines(log, clock.now_us())), *reader.finish()]
    return [event for event in events if event.user != WATCHER]


async def kept(history: History) -> list[Row]:
    events = await history.events(machine="log-02", limit=LIMIT)
    return sorted(row(event) for event in events if event.user != WATCHER)


Row = tuple[str, str, float]


def row(event: Event) -> Row:
    return event.kind, event.user, event.time_us / 1_000_000


def assert_alike(those: list[Row], told: list[Row]) -> None:
    """The same, but for their times: the processes may have told of a login first, and logs have whole seconds."""
    assert [one[:2] for one in those] == [one[:2] for one in told]
    assert all(abs(one[2] - other[2]) <= 2 for one, other in zip(those, told, strict=True))
