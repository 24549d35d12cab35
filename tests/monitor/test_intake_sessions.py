"""Which sessions are open, from lists and records that do not come at the same time."""

from __future__ import annotations

import msgspec

from tests.monitor.machine_talk import Talk
from tests.monitor.trial import Trial
from whotop.model import EventKind, MachineState, Outcome


async def test_a_session_told_by_the_list_and_by_the_record_is_one(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    login = talk.login(5)
    trial.intake.sessions(trial.name, talk.listed(5.1, login), trial.at(5.1))
    trial.intake.records(trial.name, talk.wrote(5.2, login), trial.at(5.2))
    assert len(trial.writer.sessions) == len(trial.writer.events) == 1
    assert trial.open_users == ["alice"]


async def test_a_session_ends_with_the_list_and_its_record_corrects_how(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60))
    trial.intake.sessions(trial.name, talk.listed(5.2), trial.at(5.2))
    assert trial.open_users == []
    trial.intake.records(trial.name, talk.wrote(5.3, talk.logout(5)), trial.at(5.3))
    (session,) = trial.writer.sessions.values()
    assert (session.outcome, session.logout_us) == (Outcome.LOGOUT, talk.at(5))
    assert len(trial.events_of(EventKind.LOGOUT)) == 1


async def test_only_the_session_of_the_probe_itself_is_hidden(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    own = talk.logind(0, 1, "watch", leader=690)
    same_user = talk.logind(0, 2, "watch", leader=800)
    outer = talk.logind(-60, 3, "root", leader=1)
    trial.intake.sessions(trial.name, talk.by_logind(1, own, same_user, outer), trial.at(1))
    shown = {session.session_id for session in trial.fleet.sessions.values()}
    assert shown == {"2", "3"}


async def test_a_session_of_which_only_the_record_knows_is_settled_as_gone(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    trial.intake.records(trial.name, talk.wrote(5, talk.login(5)), trial.at(5))
    assert trial.open_users == ["alice"]
    trial.intake.figures(trial.name, talk.figures(6), trial.at(6))
    assert trial.open_users == ["alice"]  # its list may be on its way
    trial.intake.figures(trial.name, talk.figures(8), trial.at(8))
    assert trial.open_users == []
    (session,) = trial.writer.sessions.values()
    assert session.outcome is Outcome.GONE


async def test_a_record_may_tell_of_a_session_before_a_list_can(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60, user="bob", tty="pts/1"))
    login = talk.login(5)
    trial.intake.records(trial.name, talk.wrote(5, login), trial.at(5))
    trial.intake.sessions(trial.name, talk.listed(5.4), trial.at(5.4))  # bob has left
    assert trial.open_users == ["alice"]
    trial.intake.sessions(trial.name, talk.listed(6.5, login), trial.at(6.5))
    trial.intake.figures(trial.name, talk.figures(9), trial.at(9))
    assert trial.open_users == ["alice"]
    assert [event.user for event in trial.events_of(EventKind.LOGOUT)] == ["bob"]


async def test_a_session_of_which_no_list_knows_in_time_is_gone(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    trial.intake.records(trial.name, talk.wrote(5, talk.login(5)), trial.at(5))
    trial.intake.sessions(trial.name, talk.listed(5.4), trial.at(5.4))
    trial.intake.figures(trial.name, talk.figures(8), trial.at(8))
    assert trial.open_users == []


async def test_who_left_within_two_seconds_while_whotop_started_anew_is_gone_as_soon_as_that_is_sure(
    trial: Trial, talk: Talk
) -> None:
    trial.watch()
    trial.connect(talk, 0)
    trial.intake.records(trial.name, talk.wrote(5, talk.login(5)), trial.at(5))
    again = trial.resume()
    again.connect(talk, 6)
    assert again.open_users == ["alice"]
    again.intake.figures(again.name, talk.figures(9), again.at(9))
    assert again.open_users == []


async def test_a_list_that_is_not_full_ends_nothing(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60))
    partial = talk.listed(5, talk.login(4, user="bob", tty="pts/1"), left_out=1)
    trial.intake.sessions(trial.name, partial, trial.at(5))
    assert trial.open_users == ["alice", "bob"]


async def test_an_old_list_settles_nothing_once_a_newer_one_was_not_full(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    bob, carol = talk.login(4, user="bob", tty="pts/1"), talk.login(6, user="carol", tty="pts/2")
    trial.intake.sessions(trial.name, talk.listed(5, bob, left_out=1), trial.at(5))
    trial.intake.records(trial.name, talk.wrote(6, carol), trial.at(6))
    trial.intake.figures(trial.name, talk.figures(9), trial.at(9))
    assert trial.open_users == ["bob", "carol"]


async def test_without_any_origin_nobody_is_not_concluded(trial: Trial, talk: Talk) -> None:
    trial.watch()
    now_us = trial.at(0)
    trial.intake.hello(trial.name, talk.hello(0), now_us)
    nothing = msgspec.structs.replace(talk.listed(0), utmp=None)
    trial.intake.sessions(trial.name, nothing, now_us)
    trial.intake.figures(trial.name, talk.figures(0), now_us)
    assert trial.machine.state is MachineState.UP
    assert not trial.machine.sessions_known
