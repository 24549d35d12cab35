"""What becomes of messages."""

from __future__ import annotations

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import Trial
from whotop.clock import SECOND_US
from whotop.model import EventKind, Machine, MachineState, Outcome, Standing

# --- history, late, live ---------------------------------------------------------------------


async def test_records_of_a_first_contact_are_kept_and_never_alert(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    history = talk.wrote(0, *(talk.login(-9 + n, tty=f"pts/{n}") for n in range(3)), first_contact=True)
    trial.intake.records(trial.name, history, trial.at(0))
    trial.let_pass(10)
    assert {event.standing for event in trial.events_of(EventKind.LOGIN)} == {Standing.HISTORY}
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
    (login,) = (event for event in trial.events_of(EventKind.LOGIN) if event.user == "carol")
    (logout,) = trial.events_of(EventKind.LOGOUT)
    assert (login.standing, logout.standing, logout.outcome) == (Standing.LATE, Standing.LATE, Outcome.GONE)
    gap = talk.wrote(10, comes, talk.logout(4, tty="pts/1"), backlog=True)
    trial.intake.records(trial.name, gap, trial.at(10))
    (logout,) = trial.events_of(EventKind.LOGOUT)
    assert (logout.standing, logout.outcome, logout.time_us) == (Standing.LATE, Outcome.LOGOUT, talk.at(4))
    assert len(trial.events_of(EventKind.LOGIN)) == 3


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


async def test_the_row_tells_where_the_connection_led(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.starting(trial.name, "", address="ops@10.0.0.1", jump="bastion")
    trial.connect(talk, 0)
    assert (trial.machine.address, trial.machine.jump) == ("ops@10.0.0.1", "bastion")
