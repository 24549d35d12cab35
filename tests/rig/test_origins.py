"""Machines that keep logins in one place alone: the same people come and go on each, and are told once."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.rig import syslogd
from tests.rig.eye import Eye, watching
from tests.rig.journald import forget_records
from tests.rig.machine import Rig, RigMachine
from whotop.clock import SECOND_US
from whotop.core.feed import SessionChanged
from whotop.demo.records import utmp_record
from whotop.model import EventKind, Origin, OriginStatus, Outcome, Readability, Session

pytestmark = pytest.mark.rig

LOGIN_PROCESS = 6


def origin(eye: Eye, machine: RigMachine, which: Origin) -> OriginStatus:
    return next(one for one in eye.fleet.machines[machine.name].origins if one.origin is which)


def ended(eye: Eye, user: str, outcome: Outcome) -> list[Session]:
    changed = [change.session for change in eye.changes if isinstance(change, SessionChanged)]
    return [session for session in changed if session.user == user and session.outcome is outcome]


async def stored(rig: Rig, machine: RigMachine, store: Path) -> list[Session]:
    """All sessions in the store, the oldest first."""
    async with watching(rig, machine, store=store) as eye:
        return sorted(await eye.feed.history.sessions(machine=machine.name), key=lambda session: session.login_us)


@pytest.fixture
def logging(rig: Rig) -> RigMachine:
    """A machine that has a log of lines and nothing else."""
    if reason := syslogd.missing():
        if os.environ.get("WHOTOP_RIG") == "required":
            pytest.fail(f"WHOTOP_RIG=required, but {reason}")
        pytest.skip(reason)
    machine = rig.machine("log-02")
    syslogd.keep_auth_log(machine)
    forget_records(machine)
    return machine


# --- lastlog alone ---------------------------------------------------------------------------------


async def test_lastlog_alone_tells_who_came_last_and_not_when_they_left(rig: Rig, tmp_path: Path) -> None:
    machine = rig.machine("web-01")
    machine.run("rm -f /var/log/wtmp /var/log/btmp")
    for user in ("bob", "carol", "bob"):
        machine.login(user, ["true"]).process.wait()
    machine.until_left("bob", "carol")
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("web-01")
        assert origin(eye, machine, Origin.LASTLOG).used
        alice = machine.login("alice")
        await eye.until_there("alice", "web-01")
        alice.logout()
        await eye.until_gone("alice", "web-01")
    sessions = await stored(rig, machine, tmp_path / "whotop.db")
    assert sorted(one.user for one in sessions) == ["alice", "bob", "carol"]
    assert {one.origin for one in sessions if one.user != "alice"} == {Origin.LASTLOG}
    assert {one.outcome for one in sessions} == {Outcome.GONE}


# --- utmp alone ------------------------------------------------------------------------------------


async def test_utmp_alone_tells_who_is_there_and_whose_end_is_only_seen(rig: Rig, tmp_path: Path) -> None:
    machine = rig.machine("web-01")
    machine.run("rm /var/log/wtmp /var/log/btmp /var/log/lastlog")
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        login = machine.login("alice")
        session = await eye.until_there("alice", "web-01")
        assert (session.tty, session.source) == ("pts/0", machine.near_address)
        login.logout()
        await eye.until_gone("alice", "web-01")
        assert ended(eye, "alice", Outcome.GONE)
        assert not eye.fleet.machines["web-01"].failures_known
    assert [one.user for one in await stored(rig, machine, tmp_path / "whotop.db")] == ["alice"]


# --- btmp --------------------------------------------------------------------------------------------


def fail(machine: RigMachine, user: str, log: str = "btmp") -> None:
    """Write what sshd writes when a password is wrong."""
    record = utmp_record(LOGIN_PROCESS, 77, "ssh:notty", user.encode(), "203.0.113.9", time.time_ns() // 1000)
    with (machine.folder / "log" / log).open("ab") as file:
        file.write(record)


def failures(eye: Eye) -> list[str]:
    return [event.user for event in eye.fleet.events.values() if event.kind is EventKind.FAILED_LOGIN]


async def test_btmp_tells_of_failed_logins_once_it_may_be_read(rig: Rig, tmp_path: Path) -> None:
    machine = rig.machine("web-01")
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("web-01")
        shut = origin(eye, machine, Origin.BTMP)
        assert (shut.readability, shut.mend) == (Readability.UNREADABLE, "join group utmp")
        assert not eye.fleet.machines["web-01"].failures_known
    machine.run("chmod 664 /var/log/btmp")
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("web-01")
        assert origin(eye, machine, Origin.BTMP).used
        fail(machine, "mallory")
        await eye.until(lambda _: failures(eye) == ["mallory"], "a failed login")
    fail(machine, "eve")
    async with watching(rig, machine, store=tmp_path / "whotop.db") as eye:
        await eye.until(lambda _: failures(eye) == ["mallory", "eve"], "a failed login while nobody watched")
        standings = [event.standing for event in eye.fleet.events.values() if event.kind is EventKind.FAILED_LOGIN]
        assert standings == ["live", "late"]


async def test_what_a_log_told_is_not_told_again_by_a_btmp_that_may_be_read_from_now_on(
    rig: Rig, tmp_path: Path
) -> None:
    machine, store = rig.machine("web-01"), tmp_path / "whotop.db"
    log = machine.folder / "log" / "auth.log"

    def fail_in_both(user: str) -> None:
        fail(machine, user)
        stamp = datetime.now(UTC).isoformat()
        with log.open("a") as file:
            file.write(f"{stamp} web-01 sshd[77]: Failed password for {user} from 203.0.113.9 port 4711 ssh2\n")

    fail_in_both("mallory")
    async with watching(rig, machine, store=store) as eye:
        await eye.until(lambda _: failures(eye) == ["mallory"], "what the log tells")
    fail_in_both("eve")
    machine.run("chmod 664 /var/log/btmp")
    async with watching(rig, machine, store=store) as eye:
        await eye.until(lambda _: failures(eye) == ["mallory", "eve"], "what btmp tells")
        fail_in_both("mallory")
        await eye.until(lambda _: failures(eye) == ["mallory", "eve", "mallory"], "what btmp tells as it happens")
    machine.run("chmod 600 /var/log/btmp")
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        fail_in_both("trent")
        await eye.until(lambda _: "trent" in failures(eye), "what the log tells again")
        assert failures(eye) == ["mallory", "eve", "mallory", "trent"]


# --- auth.log alone ------------------------------------------------------------------------------------


async def test_a_log_of_lines_alone_tells_who_came_and_when_he_left(
    rig: Rig, logging: RigMachine, tmp_path: Path
) -> None:
    store = tmp_path / "whotop.db"
    async with watching(rig, logging, store=store) as eye:
        await eye.until_up("log-02")
        assert origin(eye, logging, Origin.AUTH_LOG).used
        login = logging.login("alice")
        session = await eye.until_there("alice", "log-02")
        assert session.source == logging.near_address
        login.logout()
        await eye.until(lambda _: ended(eye, "alice", Outcome.LOGOUT), "the log's word of her logout")
    (session,) = await stored(rig, logging, store)
    accepted, closed = log_times(logging)
    assert abs(session.login_us - accepted) < 2 * SECOND_US
    assert session.logout_us is not None
    assert abs(session.logout_us - closed) <= SECOND_US


def log_times(machine: RigMachine) -> tuple[int, int]:
    """When the log says that alice came and left, in µs; its stamps have whole seconds and no year."""
    text = (machine.folder / "log" / "auth.log").read_text()
    stamps = [re.search(rf"^(\w+ +\d+ [\d:]+) .*{words} alice", text, re.MULTILINE) for words in LINES]
    year = datetime.now(UTC).year
    zone = datetime.now().astimezone().tzinfo
    moments = [
        datetime.strptime(f"{year} {stamp[1]}", "%Y %b %d %H:%M:%S").replace(tzinfo=zone) for stamp in stamps if stamp
    ]
    first, last = (round(moment.timestamp() * SECOND_US) for moment in moments)
    return first, last


LINES = ("Accepted publickey for", "session closed for user")


async def test_what_a_log_says_while_nobody_watches_is_told_once_and_late(
    rig: Rig, logging: RigMachine, tmp_path: Path
) -> None:
    store = tmp_path / "whotop.db"
    async with watching(rig, logging, store=store) as eye:
        await eye.until_up("log-02")
        login = logging.login("alice")
        await eye.until_there("alice", "log-02")
        login.logout()
        await eye.until(lambda _: ended(eye, "alice", Outcome.LOGOUT), "her logout")
    logging.login("bob", ["true"]).process.wait()
    logging.login("mallory").process.wait()
    async with watching(rig, logging, store=store) as eye:
        await eye.until(lambda _: ended(eye, "bob", Outcome.LOGOUT), "who came meanwhile")
        await eye.until(lambda _: failures(eye) == ["mallory"], "who failed meanwhile")
    sessions = await stored(rig, logging, store)
    assert sorted((one.user, one.standing) for one in sessions) == [("alice", "live"), ("bob", "late")]


# --- nothing -------------------------------------------------------------------------------------------


@pytest.mark.long  # The probe looks anew every 30 s; tests/probe/test_loop.py asks it at once.
async def test_a_log_that_becomes_readable_is_read_from_then_on(rig: Rig, logging: RigMachine, tmp_path: Path) -> None:
    logging.run("chmod 600 /var/log/auth.log")
    async with watching(rig, logging, store=tmp_path / "whotop.db") as eye:
        await eye.until_up("log-02")
        assert not origin(eye, logging, Origin.AUTH_LOG).used
        logging.run("chmod 640 /var/log/auth.log")
        await eye.until(lambda _: origin(eye, logging, Origin.AUTH_LOG).used, "that it can be read now")
