"""The screen of usage."""

from __future__ import annotations

from datetime import date

from tests.tui.trial import Trial
from whotop.core.usage import EARLIEST
from whotop.errors import UsageError

TODAY = date(2026, 11, 20)
"""A Friday."""


def log_in(trial: Trial) -> None:
    trial.feed.history.usage.logins = [
        (date(2026, 11, 16), "alice", "web-01"),
        (date(2026, 11, 20), "alice", "web-02"),
        (date(2026, 11, 20), "bob", "web-01"),
        (date(2026, 11, 12), "carol", "db-02"),
        (date(2024, 2, 29), "alice", "db-02"),
    ]


async def test_periods_users_and_chart_stand_on_one_screen(trial: Trial) -> None:
    log_in(trial)
    async with trial.run():
        await trial.press("5")
        assert trial.app._crumbs() == ["fleet", "usage"]
        assert trial.line("unique users per week in the last 90 days", "2026-08-22 to 2026-11-20, days of UTC")
        assert trial.line("2026-11-22", "2", "3", "█", "so far")
        assert trial.line("2 Users 2, week to 2026-11-22")
        assert trial.line("alice", "2", "web-01, web-02")
        assert trial.line("22 Nov")
        await trial.press("j")
        await trial.settle()
        assert [row.split()[0] for row in trial.rows(2)] == ["carol"]


async def test_period_and_range_are_chosen_by_key(trial: Trial) -> None:
    log_in(trial)
    async with trial.run():
        await trial.press("U", "p", "j", "enter")
        assert trial.line("unique users per month")
        assert next(row.split()[:3] for row in trial.rows(1)) == ["Nov", "2026", "3"]
        await trial.press("r", "j", "j", "j", "enter")
        assert trial.line("everything", "2024-02-01 to 2026-11-20")
        assert len(trial.rows(1)) == 34
        assert trial.feed.history.usage.asked[-1].start == EARLIEST


async def test_on_a_small_screen_a_period_opens_its_users_and_esc_leads_back(trial: Trial) -> None:
    log_in(trial)
    async with trial.run((80, 24)):
        await trial.press("5", "enter")
        assert trial.top.current is trial.pane(2)
        assert trial.line("bob", "1", "web-01")
        await trial.press("escape")
        assert trial.top.current is trial.pane(1)
        await trial.press("enter", "enter")
        assert trial.app._crumbs() == ["fleet", "usage", "alice"]


async def test_what_cannot_be_told_is_said_in_the_table(trial: Trial) -> None:
    trial.feed.history.usage.refuses = UsageError("days of Asia/Tokyo cannot be counted")
    async with trial.run():
        await trial.press("5")
        assert trial.line("days of Asia/Tokyo cannot be counted")


async def test_elsewhere_the_keys_say_why_they_do_nothing(trial: Trial) -> None:
    async with trial.run((80, 24)):
        await trial.press("p")
        assert trial.said() == "only the screen of usage counts by periods"
