from __future__ import annotations

from msgspec.structs import replace

from tests.tui.small_fleet import NOW_US, ended, event, session
from tests.tui.trial import Trial
from whotop.clock import HOUR_US, MINUTE_US
from whotop.core.feed import AlertChanged, EventAdded, SessionChanged
from whotop.core.rules.login_tables import LoginsTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, EventKind, Level, Outcome

SOURCE = "203.0.113.9"


async def open_source(trial: Trial) -> None:
    """From the alert of rule ``logins``, past whose own screen ``i`` leads."""
    trial.feed.history.past = [
        replace(ended(90 + number, "web-02", user, ago, 5 * MINUTE_US, Outcome.LOGOUT), source=SOURCE)
        for number, (user, ago) in enumerate([("alice", 28 * HOUR_US), ("bob", 28 * HOUR_US - 20 * MINUTE_US)])
    ]
    await trial.publish(
        AlertChanged(
            Alert(
                key=b"logins",
                rule="logins",
                level=Level.WARN,
                machine="",
                subject=SOURCE,
                text="2 logins",
                opened_us=NOW_US,
                updated_us=NOW_US,
            )
        )
    )
    await trial.press("3")
    trial.pane(3).select(b"logins")
    await trial.press("i")


async def test_from_an_alert_of_many_logins_one_goes_to_the_source(trial: Trial) -> None:
    async with trial.run():
        await open_source(trial)
        assert trial.app._crumbs() == ["fleet", SOURCE]
        assert trial.line("1 Series 1")
        assert trial.line("● 1 session open", "3 logins known, of 3 users on 2 machines")


async def test_its_series_tell_who_logged_in_within_one_window(trial: Trial) -> None:
    async with trial.run():
        await open_source(trial)
        assert len(trial.rows(1)) == 1
        assert trial.line("Nov 19 10:22", "20m", "2", "alice, bob")


async def test_series_are_those_that_the_rule_is_set_to_find(trial: Trial) -> None:
    trial.app.desk.options = replace(
        trial.app.desk.options, rules=RuleSettings(logins=LoginsTable(window_seconds=60.0))
    )
    async with trial.run():
        await open_source(trial)
        assert trial.rows(1) == []
        assert trial.line("never more than one login within 1m")


async def test_what_it_reached_and_tried_stands_in_one_list(trial: Trial) -> None:
    async with trial.run():
        await open_source(trial)
        assert set(trial.pane(2).keys) == {
            ("db-02", "root"),
            ("db-02", "guest"),
            ("web-02", "alice"),
            ("web-02", "bob"),
        }
        assert trial.line("db-02", "root", "1", "23")
        assert trial.line("db-02", "guest", "never got in")


async def test_its_events_and_failed_logins_are_shown_alone(trial: Trial) -> None:
    async with trial.run():
        await open_source(trial)
        assert {event.source for key, event in trial.app.fleet.events.items() if key in trial.pane(4).keys} == {SOURCE}
        assert len(trial.rows(4)) == 25
        assert len(trial.rows(5)) == 2


async def test_a_login_elsewhere_is_there_at_once(trial: Trial) -> None:
    async with trial.run():
        await open_source(trial)
        await trial.publish(
            SessionChanged(session(80, "web-10", "carol", MINUTE_US, SOURCE, "pts/3")),
            EventAdded(event(80, EventKind.LOGIN, "web-10", 60, "carol", tty="pts/3", source=SOURCE)),
        )
        assert trial.line("● 2 sessions open")
        assert any("carol" in row and "web-10" in row for row in trial.rows(2))
        assert any("carol, root" in row for row in trial.rows(1))


async def test_i_goes_to_the_source_of_any_row(trial: Trial) -> None:
    async with trial.run():
        await trial.press("2")
        trial.pane(2).select("root")
        await trial.press("i")
        assert trial.app._crumbs() == ["fleet", SOURCE]


async def test_i_says_that_a_login_at_a_console_has_no_source(trial: Trial) -> None:
    async with trial.run():
        await trial.press("2")
        trial.pane(2).select("karl")
        await trial.press("i")
        assert trial.said() == "this row is about no source"


async def test_enter_on_a_users_source_goes_there(trial: Trial) -> None:
    async with trial.run():
        await trial.press("2")
        trial.pane(2).select("root")
        await trial.press("enter", "2", "enter")
        assert trial.app._crumbs() == ["fleet", "root", SOURCE]


async def test_enter_on_what_it_reached_goes_to_the_machine(trial: Trial) -> None:
    async with trial.run():
        await open_source(trial)
        await trial.press("2", "enter")
        assert trial.app._crumbs()[-1] == trial.app.screen.machine  # type: ignore[attr-defined]
