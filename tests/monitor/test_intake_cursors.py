"""What is in the store is acknowledged, known again after a restart, and told once."""

from __future__ import annotations

import msgspec

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import FakeWriter, Trial
from whotop.clock import SECOND_US
from whotop.model import Event, EventKind, Origin, Outcome, Session, Standing
from whotop.wire.messages import Cursor, Records


async def test_a_cursor_is_handed_over_behind_its_events_and_acknowledged_when_it_is_safe(
    trial: Trial, talk: Talk
) -> None:
    trial.watch()
    trial.connect(talk, 0)
    trial.intake.records(trial.name, talk.wrote(5, talk.login(5), talk.logout(6)), trial.at(6))
    assert isinstance(trial.writer.rows[-1], Cursor)
    assert sum(isinstance(row, Event) for row in trial.writer.rows) == 2
    assert trial.acknowledged == []
    trial.writer.commit()
    assert trial.acknowledged == [(trial.name, "wtmp", 768)]


async def test_the_next_connection_goes_on_where_the_last_one_ended(trial: Trial, talk: Talk) -> None:
    trial.watch()
    assert trial.intake.cursors(trial.name) == {}
    trial.connect(talk, 0)
    records = talk.wrote(5, talk.login(5))
    trial.intake.records(trial.name, records, trial.at(5))
    assert trial.intake.cursors(trial.name) == {"wtmp": records.cursor}


async def test_an_origin_that_nobody_asked_for_is_passed_over(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    records = msgspec.structs.replace(talk.wrote(5, talk.login(5)), origin="elsewhere")
    trial.intake.records(trial.name, records, trial.at(5))
    assert trial.writer.cursors == {}
    assert trial.writer.events == {}


def told_again(trial: Trial, talk: Talk, *records: Records) -> FakeWriter:
    for piece in records:
        trial.intake.records(trial.name, piece, trial.clock.now_us())
    return trial.writer


async def test_after_a_restart_the_same_is_known_once(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    login = talk.login(5)
    trial.intake.sessions(trial.name, talk.listed(5.1, login), trial.at(5.1))
    again = trial.resume()
    assert again.open_users == ["alice"]
    again.connect(talk, 60)
    piece = talk.wrote(60, login, talk.logout(30), backlog=True)
    writer = told_again(again, talk, piece)
    assert [session.outcome for session in writer.sessions.values()] == [Outcome.LOGOUT]
    assert sorted(event.kind for event in writer.events.values()) == [EventKind.LOGIN, EventKind.LOGOUT]


async def test_a_login_that_was_held_back_when_whotop_ended_is_judged_at_the_next_start(
    trial: Trial, talk: Talk
) -> None:
    trial.watch()
    trial.connect(talk, 0)
    both = talk.login(5), talk.login(6, user="bob", tty="pts/1")
    trial.intake.sessions(trial.name, talk.listed(6, *both), trial.at(6))
    assert not trial.writer.alerts
    (alert,) = trial.resume().alerts("logins")
    assert alert.count == 2


async def test_windows_that_have_ended_are_not_judged_again_at_a_start(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    both = talk.login(5), talk.login(6, user="bob", tty="pts/1")
    trial.intake.sessions(trial.name, talk.listed(6, *both), trial.at(6))
    trial.let_pass(10)
    trial.let_pass(3_700)
    before = dict(trial.writer.alerts)
    assert [alert.is_open for alert in trial.alerts("logins")] == [False]
    again = trial.resume()
    again.let_pass(3_701)
    assert again.writer.alerts == before
    assert again.alerts("logins") == []


async def test_of_the_ended_sessions_of_the_store_only_the_last_login_is_shown(trial: Trial) -> None:
    trial.watch()
    ended = [
        Session(
            key=bytes([number]) * 16,
            machine=trial.name,
            user="alice",
            login_us=NOON_US - number * SECOND_US,
            logout_us=NOON_US,
            outcome=Outcome.LOGOUT,
            origin=Origin.WTMP,
            standing=Standing.HISTORY,
        )
        for number in (3, 2, 1)
    ]
    trial.judgement.resume(ended, [], NOON_US)
    trial.publisher.flush()
    assert trial.publisher.fleet.last_logins == {trial.name: ended[-1]}
    assert trial.writer.sessions == {}
