"""Failed logins, from the records of a machine to the fleet."""

from __future__ import annotations

from tests.monitor.machine_talk import Talk
from tests.monitor.trial import Trial
from whotop.model import Event, EventKind, Origin


def failures(trial: Trial) -> list[Event]:
    return trial.events_of(EventKind.FAILED_LOGIN)


def in_hour(trial: Trial) -> int:
    return trial.fleet.failures.machine_total(trial.name).in_hour(trial.clock.now_us())


def told(trial: Trial, talk: Talk, seconds: float, *records: bytes, **how: bool) -> None:
    trial.intake.records(trial.name, talk.wrote(seconds, *records, origin="btmp", **how), trial.at(seconds))


async def test_a_failed_login_is_an_event_and_a_count(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    told(trial, talk, 5, talk.failure(4), talk.failure(5, user="admin"))
    assert [(event.user, event.source) for event in failures(trial)] == [
        ("root", "203.0.113.9"),
        ("admin", "203.0.113.9"),
    ]
    assert in_hour(trial) == 2
    assert len(trial.writer.events) == 2


async def test_it_opens_no_session_and_is_no_last_login(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    told(trial, talk, 5, talk.failure(4))
    assert not trial.fleet.sessions
    assert not trial.fleet.last_logins


async def test_what_another_origin_tells_of_it_is_no_second_one(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    told(trial, talk, 5, talk.failure(4))
    again = Event(
        machine=trial.name,
        kind=EventKind.FAILED_LOGIN,
        time_us=talk.at(4.6),
        user="root",
        source="203.0.113.9",
        origin=Origin.JOURNAL,
        record_id="s=1;i=2",
    )
    trial.judgement.events([again], trial.clock.now_us())
    assert len(failures(trial)) == in_hour(trial) == len(trial.writer.events) == 1


async def test_those_of_a_first_contact_are_counted_where_they_are_of_the_day(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    told(trial, talk, 1, talk.failure(-600), talk.failure(-3 * 86_400), first_contact=True)
    assert in_hour(trial) == len(failures(trial)) == 1
    assert len(trial.writer.events) == 2


async def test_a_machine_that_is_watched_no_longer_is_counted_no_longer(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    told(trial, talk, 5, talk.failure(4))
    trial.intake.remove(trial.name)
    assert in_hour(trial) == 0
