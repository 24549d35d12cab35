"""What becomes of messages."""

from __future__ import annotations

import msgspec

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import FakeWriter, Trial
from whotop.clock import SECOND_US
from whotop.model import Event, EventKind, Machine, MachineState, Origin, Outcome, Session, Standing
from whotop.wire.messages import Cursor, Records


def events_of(trial: Trial, kind: EventKind) -> list[Event]:
    return [event for event in trial.fleet.events.values() if event.kind is kind]


# --- history, late, live ---------------------------------------------------------------------


async def test_records_of_a_first_contact_are_kept_and_never_alert(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    history = talk.wrote(0, *(talk.login(-9 + n, tty=f"pts/{n}") for n in range(3)), first_contact=True)
    trial.intake.records(trial.name, history, trial.at(0))
    trial.let_pass(10)
    assert {event.standing for event in events_of(trial, EventKind.LOGIN)} == {Standing.HISTORY}
    assert trial.alerts("logins") == []


async def test_history_older_than_thirty_days_is_left_out(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    history = talk.wrote(0, talk.login(-31 * 86_400), talk.login(-29 * 86_400, user="bob"), first_contact=True)
    trial.intake.records(trial.name, history, trial.at(0))
    assert [session.user for session in trial.writer.sessions.values()] == ["bob"]


async def test_history_older_than_a_day_is_kept_but_not_among_the_newest_events(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    history = talk.wrote(0, talk.login(-2 * 86_400), talk.logout(-2 * 86_400 + 60), first_contact=True)
    trial.intake.records(trial.name, history, trial.at(0))
    assert len(trial.writer.events) == 2
    assert trial.fleet.events == {}


async def test_whoever_is_there_at_a_first_contact_is_history(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60), talk.login(-50, tty="pts/1"))
    trial.let_pass(10)
    assert trial.open_users == ["alice", "alice"]
    assert {session.standing for session in trial.fleet.sessions.values()} == {Standing.HISTORY}
    assert trial.alerts("logins") == []


async def test_a_login_under_our_eyes_is_live_and_alerts_with_the_second_of_its_source(
    trial: Trial, talk: Talk
) -> None:
    trial.watch()
    trial.connect(talk, 0)
    first, second = talk.login(5), talk.login(6, user="bob", tty="pts/1")
    trial.intake.sessions(trial.name, talk.listed(6, first, second), trial.at(6))
    assert trial.open_users == ["alice", "bob"]
    assert trial.alerts("logins") == []  # stragglers are waited for
    trial.let_pass(9)
    (alert,) = trial.alerts("logins")
    assert (alert.subject, alert.count, alert.late) == ("10.0.0.7", 2, False)


async def test_what_was_written_while_nobody_watched_is_late_and_alerts_once(trial: Trial, talk: Talk) -> None:
    trial.watch(Machine(name=trial.name, address="web-01", last_sample_us=NOON_US - 600 * SECOND_US))
    trial.connect(talk, 0)
    missed = [talk.login(-30), talk.logout(-25), talk.login(-20, user="bob"), talk.logout(-15)]
    trial.intake.records(trial.name, talk.wrote(0, *missed, backlog=True), trial.at(0))
    trial.let_pass(5)
    trial.let_pass(6)
    assert {event.standing for event in trial.fleet.events.values()} == {Standing.LATE}
    (alert,) = trial.alerts("logins")
    assert (alert.count, alert.late) == (2, True)


async def test_a_machine_of_the_store_that_was_never_reached_has_its_first_contact_now(
    trial: Trial, talk: Talk
) -> None:
    trial.watch(Machine(name=trial.name, address="web-01"))
    trial.connect(talk, 0, talk.login(-60))
    assert [session.standing for session in trial.fleet.sessions.values()] == [Standing.HISTORY]


async def test_logins_and_logouts_in_a_gap_are_late(trial: Trial, talk: Talk) -> None:
    trial.watch()
    stays, leaves = talk.login(-60), talk.login(-50, user="bob", tty="pts/1")
    trial.connect(talk, 0, stays, leaves)
    trial.intake.lost(trial.name, "connection lost", retry_seconds=1)
    comes = talk.login(5, user="carol", tty="pts/2")
    trial.connect(talk, 10, stays, comes)
    assert trial.open_users == ["alice", "carol"]
    (login,) = (event for event in events_of(trial, EventKind.LOGIN) if event.user == "carol")
    (logout,) = events_of(trial, EventKind.LOGOUT)
    assert (login.standing, logout.standing, logout.outcome) == (Standing.LATE, Standing.LATE, Outcome.GONE)
    gap = talk.wrote(10, comes, talk.logout(4, tty="pts/1"), backlog=True)
    trial.intake.records(trial.name, gap, trial.at(10))
    (logout,) = events_of(trial, EventKind.LOGOUT)
    assert (logout.standing, logout.outcome, logout.time_us) == (Standing.LATE, Outcome.LOGOUT, talk.at(4))
    assert len(events_of(trial, EventKind.LOGIN)) == 3


# --- sessions --------------------------------------------------------------------------------


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
    assert len(events_of(trial, EventKind.LOGOUT)) == 1


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
    assert [event.user for event in events_of(trial, EventKind.LOGOUT)] == ["bob"]


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


# --- the machine's clock and boot ------------------------------------------------------------


async def test_the_skew_is_measured_and_the_greatest_of_the_newest_counts(trial: Trial) -> None:
    talk = Talk(ahead_seconds=47)
    trial.watch()
    trial.connect(talk, 0)
    assert trial.machine.skew_us == 47 * SECOND_US
    trial.intake.figures(trial.name, talk.figures(1), trial.at(1.8))  # delayed on its way
    assert trial.machine.skew_us == 47 * SECOND_US
    talk.ahead_seconds = 50
    trial.intake.figures(trial.name, talk.figures(2), trial.at(2))
    assert trial.machine.skew_us == 50 * SECOND_US
    (alert,) = (alert for alert in trial.alerts("clock") if alert.is_open)
    assert alert.text.endswith("ahead")


async def test_a_login_keeps_the_machines_own_time_and_is_judged_by_ours(trial: Trial) -> None:
    talk = Talk(ahead_seconds=47)
    trial.watch()
    trial.connect(talk, 0)
    trial.intake.sessions(trial.name, talk.listed(5, talk.login(5)), trial.at(5))
    (session,) = trial.fleet.sessions.values()
    assert (session.login_us, session.fleet_login_us) == (NOON_US + 52 * SECOND_US, NOON_US + 5 * SECOND_US)
    assert session.standing is Standing.LIVE


async def test_a_date_in_the_future_counts_as_now(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    to_come = talk.login(86_400)
    trial.intake.sessions(trial.name, talk.listed(5, to_come), trial.at(5))
    trial.intake.records(trial.name, talk.wrote(5, to_come, talk.login(9_000, user="bob", tty="pts/1")), trial.at(5))
    trial.intake.sessions(trial.name, talk.listed(90_000), trial.at(6))
    events = trial.fleet.events.values()
    assert max(event.fleet_time_us for event in events) == NOON_US + 6 * SECOND_US
    assert max(event.time_us for event in events) == talk.at(90_000)


async def test_a_reboot_alerts_once_and_ends_what_was_open(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60))
    trial.intake.lost(trial.name, "connection lost", retry_seconds=1)
    after = Talk(boot_id="22222222-0000-0000-0000-000000000000", uptime_seconds=-20.0)
    trial.connect(after, 30)
    trial.intake.records(trial.name, after.wrote(30, after.boot(20), backlog=True), trial.at(30))
    trial.let_pass(33)
    (alert,) = trial.alerts("rebooted")
    assert not alert.late
    (session,) = trial.writer.sessions.values()
    assert (session.outcome, session.logout_us) == (Outcome.CRASH, after.at(20))


async def test_a_reboot_while_nobody_watched_is_found_late(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    trial.at(1_000)
    again = trial.resume()
    again.connect(Talk(boot_id="22222222-0000-0000-0000-000000000000", uptime_seconds=-500.0), 1_000)
    (alert,) = again.alerts("rebooted")
    assert alert.late


# --- its life --------------------------------------------------------------------------------


async def test_a_silent_machine_goes_stale_then_down_and_keeps_its_sessions_uncounted(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60))
    seen = []
    for seconds in (1.9, 2.5, 3.5):
        trial.let_pass(seconds)
        seen.append(trial.machine.state)
    assert seen == [MachineState.UP, MachineState.STALE, MachineState.DOWN]
    assert trial.open_users == ["alice"]
    assert list(trial.fleet.counted()) == []
    trial.intake.figures(trial.name, talk.figures(4), trial.at(4))
    assert trial.machine.state is MachineState.UP
    assert len(list(trial.fleet.counted())) == 1


async def test_a_machine_that_is_connected_but_silent_is_to_be_connected_anew(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    assert trial.intake.silent(trial.at(15), 6) == []
    assert trial.intake.silent(trial.at(16), 6) == [trial.name]
    trial.intake.lost(trial.name, "silent for too long", retry_seconds=1)
    assert trial.intake.silent(trial.at(60), 6) == []


async def test_a_lost_machine_says_why_and_who_was_there(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60))
    trial.intake.lost(trial.name, "connection reset", retry_seconds=1)
    trial.intake.connecting(trial.name)
    assert (trial.machine.state, trial.machine.reason) == (MachineState.DOWN, "connection reset")
    assert trial.open_users == ["alice"]
    (alert,) = trial.alerts("unreachable")
    assert alert.is_open


async def test_a_machine_watched_no_longer_leaves_with_its_sessions_and_alerts(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0, talk.login(-60))
    trial.intake.lost(trial.name, "connection reset", retry_seconds=1)
    trial.intake.remove(trial.name)
    assert trial.fleet.machines == {}
    assert trial.fleet.sessions == {}
    assert not any(alert.is_open for alert in trial.fleet.alerts.values())
    trial.intake.figures(trial.name, talk.figures(1), trial.at(1))  # was on its way
    assert trial.fleet.machines == {}


# --- cursors and the store -------------------------------------------------------------------


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
