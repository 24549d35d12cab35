"""whotop without its screen, on real machines."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import msgspec
import pytest

from tests.rig.eye import PATIENCE_SECONDS, Eye, watching
from tests.rig.machine import Rig, RigMachine
from tests.rig.whotop_process import WhotopProcess
from whotop.core.feed import Sampled, SessionChanged
from whotop.core.fleet import Fleet
from whotop.model import Machine, MachineState, Outcome, Session

pytestmark = pytest.mark.rig


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store" / "whotop.db"


def three(rig: Rig) -> tuple[RigMachine, RigMachine, RigMachine]:
    return rig.machine("web-01"), rig.machine("web-02"), rig.machine("db-01")


# --- coming and going ------------------------------------------------------------------------


async def test_who_logs_in_is_seen_and_who_leaves_is_gone(rig: Rig, store: Path) -> None:
    machines = three(rig)
    async with watching(rig, *machines, store=store) as eye:
        await eye.until_up("web-01", "web-02", "db-01")
        login = machines[0].login("alice")
        session = await eye.until_there("alice", "web-01")
        print(f"login seen after {time.time() - session.login_us / 1e6:.3f} s")
        assert (session.tty, session.source) == ("pts/0", machines[0].near_address)
        left = time.time()
        login.logout()
        await eye.until_gone("alice", "web-01")
        print(f"logout seen {time.time() - left:.3f} s after the word exit")
        assert [one.user for one in eye.fleet.sessions.values()] == []


async def test_the_processes_of_a_session_are_told(rig: Rig) -> None:
    machine = rig.machine("web-01")
    async with watching(rig, machine) as eye:
        await eye.until_up("web-01")
        machine.login("alice", ["sleep", "1000"])
        session = await eye.until_there("alice", "web-01")
        processes = await eye.feed.processes(session)
        assert "sleep 1000" in [process.command for process in processes]


async def test_the_store_and_last_tell_the_same(rig: Rig, store: Path) -> None:
    machine = rig.machine("web-01")
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        for user in ("alice", "bob", "alice"):
            login = machine.login(user)
            await eye.until_there(user, "web-01")
            login.logout()
            await eye.until_gone(user, "web-01")
        machine.login("carol")
        await eye.until_there("carol", "web-01")
        await eye.until(lambda _: last_logouts(eye) >= 3, "three logout records")
        # A logout in the very second in which last runs is "still running" to it (last.c, list).
        logouts_us = [session.logout_us or 0 for session in await eye.feed.history.sessions(machine="web-01")]
        await eye.until(lambda _: time.time() > max(logouts_us) // 1_000_000 + 1, "the next second")
    async with watching(rig, machine, store=store) as eye:
        sessions = await eye.feed.history.sessions(machine="web-01")
    assert [_as_last_tells(session) for session in sessions] == _told_by_last(machine)


def last_logouts(eye: Eye) -> int:
    """How many sessions ended with a record of their own (and were not just found gone)."""
    ended = {event.key: event.outcome for event in eye.fleet.events.values()}
    return sum(outcome is Outcome.LOGOUT for outcome in ended.values())


def _told_by_last(machine: RigMachine) -> list[tuple[str | None, ...]]:
    """The sessions as ``last`` tells them, newest first: user, tty, source, login, logout."""
    time_of_day = r"\w{3} (\w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})"
    line = re.compile(rf"(\w+) +(\S+) +(\S+) +{time_of_day} (?:- {time_of_day}|  still logged in)")
    told = machine.run("TZ=UTC last --fulltimes --ip --fullnames -f /var/log/wtmp")
    return [match.groups() for match in map(line.match, told.splitlines()) if match and match[1] != "reboot"]


def _as_last_tells(session: Session) -> tuple[str | None, ...]:
    logout = None if session.logout_us is None else _second(session.logout_us)
    return session.user, session.tty, session.source, _second(session.login_us), logout


def _second(time_us: int) -> str:
    return time.strftime("%b %e %H:%M:%S %Y", time.gmtime(time_us // 1_000_000))


# --- machines that go away ---------------------------------------------------------------------


async def test_a_machine_whose_sshd_is_killed_is_down_by_reason_and_up_again_by_itself(rig: Rig) -> None:
    machine, other = rig.machine("web-01"), rig.machine("web-02")
    async with watching(rig, machine, other) as eye:
        await eye.until_up("web-01", "web-02")
        machine.login("alice")
        other.login("bob")
        await eye.until_there("alice", "web-01")
        await eye.until_there("bob", "web-02")
        machine.kill_sshd()
        await eye.until_state("web-01", MachineState.DOWN)
        assert eye.fleet.machines["web-01"].reason
        assert sorted(session.user for session in eye.fleet.sessions.values()) == ["alice", "bob"]
        assert [session.user for session in eye.fleet.counted()] == ["bob"]
        machine.start_sshd()
        await eye.until_up("web-01")
        await eye.until_gone("alice", "web-01")
        assert _states(eye, "web-02") == [MachineState.CONNECTING, MachineState.UP]


async def test_a_link_cut_without_a_packet_makes_a_machine_stale_then_down_and_mended_up(rig: Rig) -> None:
    machine, other = rig.machine("web-01"), rig.machine("web-02")
    async with watching(rig, machine, other) as eye:
        await eye.until_up("web-01", "web-02")
        machine.login("alice")
        await eye.until_there("alice", "web-01")
        machine.cut()
        await eye.until_state("web-01", MachineState.STALE)
        await eye.until_state("web-01", MachineState.DOWN)
        assert "silent" in eye.fleet.machines["web-01"].reason
        assert list(eye.fleet.counted()) == []
        machine.mend()
        await eye.until_up("web-01")
        assert [session.user for session in eye.fleet.counted()] == ["alice"]
        assert _states(eye, "web-02") == [MachineState.CONNECTING, MachineState.UP]


def _states(eye: Eye, name: str) -> list[MachineState]:
    """The states that a machine went through, as the feed told."""
    states: list[MachineState] = []
    for change in eye.changes:
        machine = getattr(change, "machine", None)
        if isinstance(machine, Machine) and machine.name == name and machine.state not in states[-1:]:
            states.append(machine.state)
    return states


async def test_a_reboot_ends_the_sessions_as_last_says_and_alerts_once(rig: Rig, store: Path) -> None:
    machine = rig.machine("web-01")
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        machine.login("alice")
        await eye.until_there("alice", "web-01")
        machine.reboot()
        await eye.until(lambda fleet: "rebooted" in [alert.rule for alert in fleet.open_alerts()], "the alert")
        await eye.until_gone("alice", "web-01")
        await eye.until(lambda fleet: fleet.last_logins["web-01"].outcome is Outcome.CRASH, "the crash")
        assert "crash" in machine.run("last -f /var/log/wtmp alice")
        (alert,) = (alert for alert in eye.fleet.alerts.values() if alert.rule == "rebooted")
        assert alert.count == 1


# --- several at once ---------------------------------------------------------------------------


async def test_two_machines_behind_a_bastion_share_one_connection_to_it(rig: Rig) -> None:
    bastion = rig.machine("bastion")
    inner = rig.machine("db-01", behind=bastion), rig.machine("db-02", behind=bastion)
    async with watching(rig, *inner) as eye:
        await eye.until_up("db-01", "db-02")
        established = bastion.run("ss -Htn state established 'sport = :22'").splitlines()
        assert len(established) == 1


async def test_a_second_whotop_on_the_same_store_shows_the_same(rig: Rig, store: Path) -> None:
    machines = three(rig)
    async with WhotopProcess(rig, *machines, store=store) as first:
        assert (await first.fleet()).machines.keys() == {"web-01", "web-02", "db-01"}
        async with watching(rig, *machines, store=store) as eye:
            assert eye.feed.kind == "follow"
            await eye.until_up("web-01", "web-02", "db-01")
            login = machines[0].login("alice")
            machines[1].login("bob")
            machines[2].login("bob")
            await eye.until_there("bob", "web-02")
            await eye.until_there("bob", "db-01")
            await eye.until_there("alice", "web-01")
            machines[1].kill_sshd()
            login.logout()
            await eye.until_state("web-02", MachineState.DOWN)
            await eye.until_gone("alice", "web-01")
            await _agree(eye, first)


async def _agree(eye: Eye, other: WhotopProcess) -> None:
    """Wait until two whotops show the same: what one of them shows at the moment may be on its way to the other."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while _shown(await other.fleet()) != _shown(eye.fleet):
                await eye.news()
    except TimeoutError:
        assert _shown(await other.fleet()) == _shown(eye.fleet)


def _shown(fleet: Fleet) -> dict[str, object]:
    """All that two screens of one fleet must agree on."""
    return {
        "machines": {name: msgspec.structs.replace(one, last_sample_us=0) for name, one in fleet.machines.items()},
        "sessions": fleet.sessions,
        "last logins": fleet.last_logins,
        "events": fleet.events,
        "alerts": {alert.key: alert for alert in fleet.open_alerts()},
    }


async def test_what_is_seen_once_is_told_once(rig: Rig, store: Path) -> None:
    """A restart neither repeats nor forgets what was there."""
    machine = rig.machine("web-01")
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        machine.login("alice")
        before = await eye.until_there("alice", "web-01")
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        await eye.until(lambda _: any(isinstance(change, Sampled) for change in eye.changes), "a sample")
        assert list(eye.fleet.sessions) == [before.key]
        assert {change.session.key for change in eye.changes if isinstance(change, SessionChanged)} == {before.key}
        assert len(eye.fleet.events) == len(await eye.feed.history.events(machine="web-01"))
