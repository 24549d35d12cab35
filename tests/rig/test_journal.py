"""Machines whose logins are in the journal alone, kept by a real systemd-journald."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
from pathlib import Path

import pytest

from tests.rig.eye import Eye, watching
from tests.rig.journald import forget_records, keep_journal, let_read, lose_entries, missing
from tests.rig.kept import kept_cursor
from tests.rig.machine import WATCHER, Rig, RigMachine, until
from whotop.core.feed import SessionChanged
from whotop.core.fleet import Fleet
from whotop.model import EventKind, Origin, OriginStatus, Outcome, Readability, Session

pytestmark = pytest.mark.rig

SECOND_US = 1_000_000


@pytest.fixture
def machine(rig: Rig) -> RigMachine:
    reason = missing()
    if reason:
        if os.environ.get("WHOTOP_RIG") == "required":
            pytest.fail(f"WHOTOP_RIG=required, but {reason}")
        pytest.skip(reason)
    machine = rig.machine("log-01")
    keep_journal(machine)
    let_read(machine)
    return machine


def origin(eye: Eye, which: Origin) -> OriginStatus:
    return next(one for one in eye.fleet.machines["log-01"].origins if one.origin is which)


async def stored(rig: Rig, machine: RigMachine, store: Path) -> list[Session]:
    """All sessions in the store, the oldest first."""
    async with watching(rig, machine, store=store) as eye:
        return sorted(await eye.feed.history.sessions(machine="log-01"), key=lambda session: session.login_us)


async def test_the_journal_alone_tells_who_came_and_when_he_left(rig: Rig, machine: RigMachine, tmp_path: Path) -> None:
    forget_records(machine)
    store = tmp_path / "whotop.db"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("log-01")
        assert origin(eye, Origin.JOURNAL).used
        login = machine.login("alice")
        await eye.until(lambda fleet: came_from(fleet, "alice", machine.near_address), "alice, and where she came from")
        login.logout()
        await eye.until(lambda _: logouts(eye, "alice"), "the journal's word of her logout")
    (session,) = await stored(rig, machine, store)
    accepted, closed = journal_times(machine)
    assert session.outcome is Outcome.LOGOUT
    assert session.logout_us is not None
    # Whoever tells first dates the login: the list of processes may have seen her before the journal told.
    assert abs(session.login_us - accepted) < SECOND_US
    assert abs(session.logout_us - closed) < SECOND_US


def came_from(fleet: Fleet, user: str, source: str) -> bool:
    """Whether somebody is there from this source: that is the journal's word, as the list of processes knows none."""
    return any(one.user == user and one.source == source for one in fleet.sessions.values() if one.is_open)


def logouts(eye: Eye, user: str) -> list[Session]:
    """What was told of sessions of this user that have ended by a record."""
    changed = [change.session for change in eye.changes if isinstance(change, SessionChanged)]
    return [session for session in changed if session.user == user and session.outcome is Outcome.LOGOUT]


def journal_times(machine: RigMachine) -> tuple[int, int]:
    """When the journal says that alice came and left, in µs."""
    said = machine.run("journalctl -q -o short-unix -t sshd")
    accepted = re.search(r"^(\S+) .*Accepted publickey for alice", said, re.MULTILINE)
    closed = re.search(r"^(\S+) .*session closed for user alice", said, re.MULTILINE)
    assert accepted is not None
    assert closed is not None
    return round(float(accepted[1]) * SECOND_US), round(float(closed[1]) * SECOND_US)


async def test_what_happened_while_nobody_watched_is_told_once_and_late(
    rig: Rig, machine: RigMachine, tmp_path: Path
) -> None:
    forget_records(machine)
    store = tmp_path / "whotop.db"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("log-01")
        await eye.until(lambda _: kept_cursor(store, "log-01", Origin.JOURNAL), "a cursor of the journal")
    machine.login("alice", ["true"]).process.wait()
    machine.until_left("alice")
    machine.login("bob", ["true"]).process.wait()
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("log-01")
        machine.login("carol", ["sleep", "1000"])
        await eye.until_there("carol", "log-01")
        await eye.until(lambda _: logouts(eye, "bob"), "what happened meanwhile")
    sessions = await stored(rig, machine, store)
    assert [(one.user, one.outcome, one.standing) for one in sessions if not one.is_open] == [
        ("alice", Outcome.LOGOUT, "late"),
        ("bob", Outcome.LOGOUT, "late"),
    ]


async def test_failed_logins_are_told_by_the_journal(rig: Rig, machine: RigMachine, tmp_path: Path) -> None:
    forget_records(machine)
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("log-01")
        assert eye.fleet.machines["log-01"].failures_known
        machine.login("mallory").process.wait()
        await eye.until(lambda fleet: failures(fleet) == ["mallory"], "her failure")
        machine.login("bob", ["sleep", "1000"])
        await eye.until(lambda fleet: came_from(fleet, "bob", machine.near_address), "what the journal says after that")
        assert failures(eye.fleet) == ["mallory"]


def failures(fleet: Fleet) -> list[str]:
    """Who failed to log in, each time."""
    return [event.user for event in fleet.events.values() if event.kind is EventKind.FAILED_LOGIN]


async def test_nobody_but_root_is_believed(rig: Rig, machine: RigMachine, tmp_path: Path) -> None:
    forget_records(machine)
    lines = (
        "Accepted publickey for root from 6.6.6.6 port 22 ssh2",
        "pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)",
    )
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("log-01")
        for line in lines:
            machine.run(f"setpriv --reuid=alice --clear-groups logger -t sshd -i {shlex.quote(line)}")
        machine.login("bob", ["sleep", "1000"])
        await eye.until(lambda fleet: came_from(fleet, "bob", machine.near_address), "what the journal says after that")
        assert {one.user for one in eye.fleet.sessions.values()} == {"bob"}


async def test_a_journal_that_may_not_be_read_is_named_with_the_group_that_opens_it(
    rig: Rig, machine: RigMachine
) -> None:
    machine.run("chgrp -R adm /run/log/journal; chmod -R o= /run/log/journal/*")
    async with watching(rig, machine) as eye:
        await eye.until_up("log-01")
        found = origin(eye, Origin.JOURNAL)
        assert (found.readability, found.mend, found.used) == (Readability.UNREADABLE, "join group adm", False)


async def test_beside_utmp_the_journal_adds_no_session(rig: Rig, machine: RigMachine, tmp_path: Path) -> None:
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("log-01")
        login = machine.login("alice")
        await eye.until_there("alice", "log-01")
        login.logout()
        await eye.until(lambda _: logouts(eye, "alice"), "her logout")
        machine.login("bob", ["sleep", "1000"])
        await eye.until_there("bob", "log-01")
        told = {change.session.key for change in eye.changes if isinstance(change, SessionChanged)}
        assert len(told) == 2


async def test_journalctl_ends_with_the_probe_however_that_ends(rig: Rig, machine: RigMachine) -> None:
    forget_records(machine)
    async with watching(rig, machine) as eye:
        await eye.until_up("log-01")
        # The one that stays: another reads what is there before it, and ends by itself.
        follower = "until pgrep -f '[j]ournalctl .*--follow'; do sleep 0.1; done"
        (process,) = (await asyncio.to_thread(machine.run, follower)).split()
        (probe,) = machine.run(f"ps -o ppid= -p {process}").split()
        machine.run(f"kill -9 {probe}")
        until(lambda: not machine.run(f"ps -o pid= -p {process}", check=False), "journalctl stays")


@pytest.mark.parametrize("loss", ["vacuumed", "wiped"])
async def test_a_journal_that_has_lost_what_was_read_loses_nothing_else(
    rig: Rig, machine: RigMachine, tmp_path: Path, loss: str
) -> None:
    forget_records(machine)
    store = tmp_path / "whotop.db"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("log-01")
        await eye.until(lambda _: kept_cursor(store, "log-01", Origin.JOURNAL), "a cursor of the journal")
        machine.login("alice", ["true"]).process.wait()
        await eye.until(lambda _: logouts(eye, "alice"), "her logout")
    lose_entries(machine, loss)
    machine.login("bob", ["true"]).process.wait()
    async with watching(rig, machine, store=store) as eye:
        await eye.until(lambda _: logouts(eye, "bob"), "what happened meanwhile")
    assert [one.user for one in await stored(rig, machine, store) if one.user != WATCHER] == ["alice", "bob"]
