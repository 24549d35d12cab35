from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.strip import Strip

from tests.tui.fake_feed import FakeFeed
from tests.tui.small_fleet import event, sample, session, whole_fleet
from tests.tui.trial import Trial
from whotop.clock import ManualClock
from whotop.core.feed import EventAdded, Sampled, SessionChanged
from whotop.core.fleet import Fleet
from whotop.errors import ConfigError, StoreError
from whotop.model import EventKind
from whotop.tui.app import WhotopApp
from whotop.tui.options import ScreenOptions


async def test_the_first_paint_does_not_wait_for_the_feed(clock: ManualClock) -> None:
    there = asyncio.Event()
    feed = FakeFeed()
    feed.publish(whole_fleet())

    async def make_feed() -> FakeFeed:
        await there.wait()
        return feed

    trial = Trial(WhotopApp(make_feed, clock=clock), FakeFeed(), clock)
    async with trial.run():
        assert "◌ starting" in trial.lines()[0]
        assert trial.line("no machines yet")
        there.set()
        trial.feed = feed
        await trial.settle()
        assert "● live" in trial.lines()[0]
        assert trial.line("● web-01")


async def test_a_feed_that_cannot_be_made_is_a_banner(clock: ManualClock) -> None:
    async def make_feed() -> FakeFeed:
        raise StoreError("the store is locked")

    trial = Trial(WhotopApp(make_feed, clock=clock), FakeFeed(), clock)
    async with trial.run():
        assert trial.line("! the store is locked")


async def test_what_troubles_the_feed_is_a_banner_while_it_lasts(trial: Trial) -> None:
    async with trial.run():
        trial.feed.notices = ("disk full: 1,204 events wait",)
        await trial.pass_seconds(1)
        assert trial.line("! disk full: 1,204 events wait")
        trial.feed.notices = ()
        await trial.pass_seconds(1)
        assert not trial.line("disk full")


async def test_a_feed_that_ends_says_so(trial: Trial) -> None:
    async with trial.run():
        trial.feed.close()
        await trial.settle()
        assert "○ ended" in trial.lines()[0]
        assert trial.line("the feed has ended")


async def test_pause_stops_the_view_and_counts_what_comes(trial: Trial) -> None:
    async with trial.run():
        await trial.press("space")
        await trial.publish(
            SessionChanged(session(60, "web-02", "zoe", 0)), EventAdded(event(60, EventKind.LOGIN, "web-02", 0, "zoe"))
        )
        await trial.pass_seconds(40)
        assert "PAUSED 00:42 · 1 new" in trial.lines()[0]
        assert "zoe" not in trial.text()
        assert "12s" in trial.line("● web-01")
        await trial.press("space")
        assert "● live" in trial.lines()[0]
        assert trial.line("+ zoe")


async def test_only_rows_that_were_touched_are_drawn_again(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    async with trial.run():
        drawn = watch_lines(trial, 1, monkeypatch)
        row = trial.pane(1).keys.index("web-01")
        await trial.publish(Sampled(sample("web-01", 44.0, 61.0, 0.8, 55.0, 41.0)))
        assert set(drawn) == {row + 1}


async def test_nothing_is_drawn_when_nothing_happens(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    async with trial.run():
        await trial.pass_seconds(0)
        drawn = [watch_lines(trial, number, monkeypatch) for number in (1, 2, 3, 4)]
        await trial.pass_seconds(0)
        assert drawn == [[], [], [], []]


def watch_lines(trial: Trial, number: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines of a pane that are drawn from now on; its titles are line 0."""
    drawn: list[int] = []
    pane = trial.pane(number)
    real = pane.render_line

    def render_line(y: int) -> Strip:
        drawn.append(y)
        return real(y)

    monkeypatch.setattr(pane, "render_line", render_line)
    return drawn


async def test_q_quits_with_0_and_ctrl_c_with_130(trial: Trial) -> None:
    async with trial.run():
        await trial.pilot.press("q")
    assert trial.app.return_code == 0


async def test_ctrl_c_quits_with_130_even_while_typing(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", "a")
        await trial.pilot.press("ctrl+c")
    assert trial.app.return_code == 130


async def test_q_while_typing_a_filter_is_a_letter(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", "q")
        assert trial.app.is_running
        assert trial.line("machines /q")


async def test_ctrl_s_writes_a_snapshot_and_says_where(feed: FakeFeed, clock: ManualClock) -> None:
    seen: list[Fleet] = []

    async def make_feed() -> FakeFeed:
        return feed

    async def snapshot(fleet: Fleet) -> Path:
        seen.append(fleet)
        return Path("/reports/now.txt")

    trial = Trial(WhotopApp(make_feed, clock=clock, snapshot=snapshot), feed, clock)
    async with trial.run():
        await trial.press("ctrl+s")
        assert seen == [trial.app.fleet]
        assert "/reports/now.txt" in trial.said()


async def test_a_snapshot_that_fails_is_told(feed: FakeFeed, clock: ManualClock) -> None:
    async def make_feed() -> FakeFeed:
        return feed

    async def snapshot(fleet: Fleet) -> Path:
        raise OSError(28, "No space left on device", "/reports/now.txt")

    trial = Trial(WhotopApp(make_feed, clock=clock, snapshot=snapshot), feed, clock)
    async with trial.run():
        await trial.press("ctrl+s")
        assert "No space left on device" in trial.said()


async def test_without_reports_ctrl_s_says_why_not(trial: Trial) -> None:
    async with trial.run():
        await trial.press("ctrl+s")
        assert "reports are turned off" in trial.said()


async def test_themes_are_tried_on_and_taken_back(trial: Trial) -> None:
    async with trial.run():
        before = trial.app.theme
        await trial.press("t", "j")
        assert trial.app.theme != before
        await trial.press("escape")
        assert trial.app.theme == before
        await trial.press("t", "j", "enter")
        assert trial.app.theme != before


async def test_a_theme_that_is_not_there_is_named(feed: FakeFeed, clock: ManualClock) -> None:
    async def make_feed() -> FakeFeed:
        return feed

    trial = Trial(WhotopApp(make_feed, clock=clock, options=ScreenOptions(theme="nope")), feed, clock)
    async with trial.run():
        assert "there is no theme nope" in trial.said()


async def test_keys_can_be_given_other_meanings(feed: FakeFeed, clock: ManualClock) -> None:
    async def make_feed() -> FakeFeed:
        return feed

    trial = Trial(WhotopApp(make_feed, clock=clock, options=ScreenOptions(keys={"filter": "ctrl+f"})), feed, clock)
    async with trial.run():
        assert "ctrl+f filter" in trial.lines()[-1]
        await trial.press("ctrl+f", "w", "e", "b")
        assert len(trial.pane(1).keys) == 3


@pytest.mark.parametrize("key", ["question_mark", "colon", "ctrl+p"])
async def test_help_and_palette_open_over_the_screen_and_escape_leaves_them(trial: Trial, key: str) -> None:
    async with trial.run():
        await trial.press(key)
        assert len(trial.app.screen_stack) == 2
        await trial.press("escape")
        assert len(trial.app.screen_stack) == 1


async def test_the_palette_runs_what_was_found(trial: Trial) -> None:
    async with trial.run():
        await trial.press("ctrl+p")
        await trial.type("reverse")
        await trial.pilot.pause(0.3)
        await trial.press("enter")
        await trial.settle()
        assert trial.pane(1).sort_reverse


async def test_the_fleet_is_left_behind_for_the_report(trial: Trial) -> None:
    async with trial.run():
        await trial.pilot.press("q")
    assert len(trial.app.fleet.sessions) == 8


async def test_capital_r_reads_the_configuration_again_and_says_what_changed(
    feed: FakeFeed, clock: ManualClock
) -> None:
    async def make_feed() -> FakeFeed:
        return feed

    async def reload() -> str:
        return "2 machines added [b]"

    trial = Trial(WhotopApp(make_feed, clock=clock, reload=reload), feed, clock)
    async with trial.run():
        await trial.press("R")
        assert trial.said() == "2 machines added [b]"


async def test_a_configuration_that_cannot_be_read_changes_nothing_and_is_told(
    feed: FakeFeed, clock: ManualClock
) -> None:
    async def make_feed() -> FakeFeed:
        return feed

    async def reload() -> str:
        raise ConfigError("there is no such field", file="whotop.toml")

    trial = Trial(WhotopApp(make_feed, clock=clock, reload=reload), feed, clock)
    async with trial.run():
        await trial.press("R")
        assert trial.said() == "nothing was changed: whotop.toml: there is no such field"


async def test_without_a_configuration_capital_r_says_why_not(trial: Trial) -> None:
    async with trial.run():
        await trial.press("R")
        assert "no configuration to read again" in trial.said()


async def test_ctrl_z_leaves_to_the_shell(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    suspended: list[str] = []
    monkeypatch.setattr(trial.app, "action_suspend_process", lambda: suspended.append("yes"))
    async with trial.run():
        await trial.press("ctrl+z")
    assert suspended == ["yes"]


async def test_a_fault_of_its_own_ends_it_without_a_page_of_local_variables(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("a password")

    monkeypatch.setattr(trial.app, "action_peel", fail)
    with pytest.raises(KeyError):
        async with trial.run():
            await trial.press("escape")
    assert isinstance(trial.app.failure, KeyError)
    assert trial.app._exit_renderables == []
    assert trial.app.return_code == 1


async def test_all_is_drawn_again_after_a_stay_in_the_shell(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    async with trial.run():
        drawn: list[bool] = []
        monkeypatch.setattr(trial.app, "refresh", lambda *, layout=False: drawn.append(layout))
        trial.app.app_resume_signal.publish(trial.app)
        await trial.settle()
        assert drawn == [True]
