"""The past without a store."""

from __future__ import annotations

from tests.monitor.machine_talk import Talk
from tests.monitor.trial import Trial
from whotop.monitor.memory import FleetHistory


async def test_without_a_store_the_past_is_what_the_fleet_still_shows(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    logins = talk.login(5), talk.login(9, user="bob", tty="pts/1")
    trial.intake.sessions(trial.name, talk.listed(10, *logins), trial.at(10))
    history = FleetHistory(trial.fleet)
    assert [session.user for session in await history.sessions(machine=trial.name)] == ["bob", "alice"]
    assert [event.user for event in await history.events(limit=1)] == ["bob"]
    assert await history.sessions(user="carol") == []
    assert await history.figures(trial.name, 0, talk.at(10)) == []
