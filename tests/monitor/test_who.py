"""Machines whose own records cannot be read: their ``who`` says who is there, in their zone and to the minute."""

from __future__ import annotations

import msgspec

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import Trial
from whotop.wire.messages import Sessions


def printed(talk: Talk, seconds: float, text: bytes) -> Sessions:
    return Sessions(clock_us=talk.at(seconds), boot_id=talk.boot_id.encode(), who=text)


def connect(trial: Trial, talk: Talk, zone: bytes) -> None:
    trial.watch()
    trial.intake.connecting(trial.name)
    hello = msgspec.structs.replace(talk.hello(0), probe="posix", zone=zone)
    trial.intake.hello(trial.name, hello, trial.at(0))
    trial.intake.figures(trial.name, talk.figures(0), trial.at(0))


async def test_who_tells_the_sessions_in_the_machines_zone(trial: Trial, talk: Talk) -> None:
    connect(trial, talk, b"+0100")
    listed = printed(talk, 1, b"alice    pts/0        Nov 21 12:55 (10.0.0.7)\n")
    trial.intake.sessions(trial.name, listed, trial.at(1))
    [session] = trial.fleet.sessions.values()
    assert (session.user, session.tty, session.source) == ("alice", "pts/0", "10.0.0.7")
    assert session.login_us == NOON_US - 5 * 60_000_000


async def test_who_that_prints_nothing_says_that_nobody_is_there(trial: Trial, talk: Talk) -> None:
    connect(trial, talk, b"+0000")
    trial.intake.sessions(trial.name, printed(talk, 1, b""), trial.at(1))
    assert trial.fleet.machines[trial.name].sessions_known
    assert trial.open_users == []


async def test_whoever_is_no_longer_in_the_list_is_gone(trial: Trial, talk: Talk) -> None:
    connect(trial, talk, b"+0000")
    trial.intake.sessions(trial.name, printed(talk, 1, b"alice    ttys001      Nov 21 11:55\n"), trial.at(1))
    assert trial.open_users == ["alice"]
    trial.intake.sessions(trial.name, printed(talk, 5, b""), trial.at(5))
    trial.let_pass(10)
    assert trial.open_users == []
