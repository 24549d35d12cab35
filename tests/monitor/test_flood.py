"""A machine that tells without end fills nothing: what is over its allowance is a count on its row."""

from __future__ import annotations

from tests.monitor.machine_talk import Talk
from tests.monitor.trial import Trial
from whotop.core.allowance import OVER_AFTER_US, Allowance


async def test_what_is_over_the_allowance_is_on_the_row_and_an_alert_and_in_no_table(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.watched["web-01"].allowance = Allowance(burst=4, per_minute=1)
    trial.connect(talk, 0)
    records = [talk.login(second, tty=f"pts/{second}") for second in range(6)]
    trial.intake.records("web-01", talk.wrote(6, *records), trial.at(6))
    trial.let_pass(7)
    assert len(trial.writer.events) == len(trial.writer.sessions) == 4
    assert trial.machine.not_kept == 2
    assert "flood" in {alert.rule for alert in trial.writer.alerts.values() if alert.is_open}
    trial.let_pass(7 + OVER_AFTER_US / 1_000_000)
    assert trial.machine.not_kept == 0


async def test_a_list_of_which_some_are_left_out_ends_nobody(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.watched["web-01"].allowance = Allowance(burst=2, per_minute=1)
    trial.connect(talk, 0, talk.login(-5, "alice", "pts/0"))
    there = [talk.login(number, f"user{number}", f"pts/{number}") for number in range(1, 4)]
    trial.intake.sessions("web-01", talk.listed(4, *there), trial.at(4))
    assert sorted(trial.open_users) == ["alice", "user1"]
