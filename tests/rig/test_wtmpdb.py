"""Machines whose logins are in wtmpdb alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.eye import Eye, watching
from tests.rig.journald import forget_records
from tests.rig.machine import WATCHER, Rig, RigMachine
from tests.rig.wtmpdb import keep_wtmpdb, rows
from whotop.core.feed import SessionChanged
from whotop.core.identity import TOLERANCE_US
from whotop.model import Origin, Outcome, Session, Standing

pytestmark = pytest.mark.rig


@pytest.fixture
def machine(rig: Rig) -> RigMachine:
    machine = rig.machine("new-01")
    forget_records(machine)
    return machine


def logouts(eye: Eye, user: str) -> list[Session]:
    """What was told of sessions of this user that have ended by a record."""
    changed = [change.session for change in eye.changes if isinstance(change, SessionChanged)]
    return [session for session in changed if session.user == user and session.outcome is Outcome.LOGOUT]


async def stored(rig: Rig, machine: RigMachine, store: Path) -> list[Session]:
    """All sessions in the store, the oldest first."""
    async with watching(rig, machine, store=store) as eye:
        found = await eye.feed.history.sessions(machine="new-01")
    return sorted(found, key=lambda session: session.login_us)


async def test_its_rows_are_what_whotop_tells(rig: Rig, machine: RigMachine, tmp_path: Path) -> None:
    database = keep_wtmpdb(machine)
    store = tmp_path / "whotop.db"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("new-01")
        assert [one.origin for one in eye.fleet.machines["new-01"].origins if one.used] == [Origin.WTMPDB, Origin.PROC]
        login = machine.login("alice")
        session = await eye.until_there("alice", "new-01")
        assert session.source == machine.near_address
        login.logout()
        await eye.until(lambda _: logouts(eye, "alice"), "her logout")
    machine.login("bob", ["true"]).process.wait()
    async with watching(rig, machine, store=store) as eye:
        await eye.until(lambda _: logouts(eye, "bob"), "what happened meanwhile")
    sessions = await stored(rig, machine, store)
    alice, bob = (row for row in rows(database) if row[0] != WATCHER)
    assert [(one.user, one.logout_us, one.outcome) for one in sessions] == [
        ("alice", alice[2], Outcome.LOGOUT),
        ("bob", bob[2], Outcome.LOGOUT),
    ]
    # Whoever tells first dates it: the list of processes saw her shell, some milliseconds later.
    assert abs(sessions[0].login_us - alice[1]) < TOLERANCE_US
    assert (sessions[1].login_us, sessions[1].standing) == (bob[1], Standing.LATE)
