from __future__ import annotations

from tests.tui.small_fleet import ended, session
from tests.tui.trial import Trial
from whotop.clock import HOUR_US, MINUTE_US
from whotop.core.feed import SessionChanged
from whotop.model import Outcome


async def open_alice(trial: Trial) -> None:
    trial.feed.history.past = [
        ended(90, "db-02", "alice", 28 * HOUR_US, 134 * MINUTE_US, Outcome.LOGOUT),
        ended(91, "old-01", "alice", 20 * 24 * HOUR_US, HOUR_US, Outcome.LOGOUT),
    ]
    await trial.press("2")
    trial.pane(2).select("alice")
    await trial.press("enter")


async def test_it_sums_up_where_a_user_is_on(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        assert trial.app._crumbs() == ["fleet", "alice"]
        assert trial.line("● on 2 machines, 2 sessions")


async def test_it_lists_the_sessions_on_all_machines(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        assert trial.line("web-01", "pts/0", "10.0.3.7", "14:21", "12s")
        assert trial.line("web-02", "pts/1", "10.0.3.9", "08:22", "1h")


async def test_it_lists_sources_with_when_they_were_first_and_last_seen(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        assert trial.line("10.0.3.7", "3", "Oct 31 14:22", "now")


async def test_two_weeks_are_drawn_a_line_a_day(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        assert "━" in trial.line("Fri 20")
        assert trial.line("Thu 19", "━", "2h 14m")
        assert "━" not in trial.line("Wed 18")


async def test_what_is_older_than_the_two_weeks_is_listed_all_the_same(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        assert len(trial.rows(3)) == 4


async def test_a_machine_known_from_imports_alone_is_a_key_away_and_says_that_it_is_not_watched(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        await trial.press("3", "G", "enter")
        assert trial.app._crumbs() == ["fleet", "alice", "old-01"]
        assert trial.line("not watched: what is listed was imported, or seen before")
        assert len(trial.rows(3)) == 1


async def test_a_login_elsewhere_is_there_at_once(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        await trial.publish(SessionChanged(session(80, "web-10", "alice", 0, "192.0.2.7", "pts/3")))
        assert trial.line("● on 3 machines, 3 sessions")
        assert any("192.0.2.7" in row for row in trial.rows(2))
        assert len(trial.rows(1)) == 3


async def test_enter_on_a_session_goes_to_its_machine(trial: Trial) -> None:
    async with trial.run():
        await open_alice(trial)
        await trial.press("enter")
        assert trial.app._crumbs() == ["fleet", "alice", "web-02"]
