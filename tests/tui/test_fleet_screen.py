from __future__ import annotations

import msgspec
import pytest
from textual.events import Key

from tests.tui.small_fleet import (
    ALERTS,
    MACHINES,
    NOW_US,
    SESSIONS,
    event,
    machine,
    sample,
    session,
)
from tests.tui.trial import Trial
from whotop.clock import MINUTE_US
from whotop.core.feed import AlertChanged, EventAdded, MachineChanged, MachineRemoved, Sampled, SessionChanged
from whotop.model import EventKind, MachineState, Outcome


async def test_the_status_line_counts_only_sessions_of_machines_that_are_up(trial: Trial) -> None:
    async with trial.run():
        assert "● live 14:22:07   5/8 up ◌ 1 connecting   7 sessions   5 users   3 alerts" in trial.lines()[0]


async def test_at_160x44_all_four_panes_stand_on_the_screen(trial: Trial) -> None:
    async with trial.run((160, 44)):
        for title in ("1 Machines 8", "2 Users 5", "3 Alerts 3", "4 Events"):
            assert title in trial.text()
        assert all(tile.display for tile in trial.top.tiles)


async def test_at_120x36_two_panes_stand_side_by_side_and_the_others_are_named(trial: Trial) -> None:
    async with trial.run((120, 36)):
        assert [tile.number for tile in trial.top.tiles if tile.display] == [1, 2]
        assert "2 Users 5  3 Alerts 3  4 Events" in trial.text()
        await trial.press("3")
        assert [tile.number for tile in trial.top.tiles if tile.display] == [3, 4]


async def test_at_80x24_one_pane_stands_alone_with_the_columns_that_matter(trial: Trial) -> None:
    async with trial.run((80, 24)):
        assert [tile.number for tile in trial.top.tiles if tile.display] == [1]
        header = trial.line("machine", "cpu")
        assert all(title in header for title in ("on", "cpu", "mem", "last login"))
        await trial.press("2")
        assert [tile.number for tile in trial.top.tiles if tile.display] == [2]
        assert trial.line("alice", "10.0.3.7 +1")


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (300, 80)])
async def test_no_size_is_refused(trial: Trial, size: tuple[int, int]) -> None:
    async with trial.run(size):
        assert "Machines" in trial.text()


async def test_every_state_of_a_machine_reads_differently(trial: Trial) -> None:
    async with trial.run():
        assert trial.line("● web-01", "43%", "61%", "0.82", "55%", "41d", "alice")
        assert trial.line("◐ app-17", "stale", "14s")
        assert trial.line("○ edge-03", "–", "unreachable 3m: connection refused")
        assert trial.line("◌ build-1", "connecting")
        assert trial.line("? alpine-9", "?", "cannot tell")


async def test_figures_over_their_limit_are_marked(trial: Trial) -> None:
    async with trial.run():
        assert "92%▲" in trial.line("db-02", "203d")
        assert "▲" not in trial.line("● web-02")


async def test_users_of_a_machine_that_is_not_up_are_dim_and_as_of(trial: Trial) -> None:
    async with trial.run():
        assert "– edge-03 as of 14:19" in trial.line("carol")


async def test_a_login_is_on_the_screen_at_once_and_leaves_with_its_logout(trial: Trial) -> None:
    newcomer = session(50, "web-02", "zoe", 0, "192.0.2.1", "pts/7")
    async with trial.run():
        await trial.publish(SessionChanged(newcomer))
        assert trial.line("zoe", "192.0.2.1")
        assert "8 sessions   6 users" in trial.lines()[0]
        gone = msgspec.structs.replace(newcomer, outcome=Outcome.LOGOUT, logout_us=NOW_US)
        await trial.publish(SessionChanged(gone))
        assert "zoe" not in "\n".join(trial.rows(2))
        assert "7 sessions   5 users" in trial.lines()[0]


async def test_a_machine_that_goes_takes_its_sessions_out_of_the_counts(trial: Trial) -> None:
    async with trial.run():
        await trial.publish(MachineChanged(machine("web-10", MachineState.DOWN, reason="timed out")))
        assert "4/8 up" in trial.lines()[0]
        assert "5 sessions" in trial.lines()[0]
        assert trial.line("○ web-10", "unreachable")
        await trial.publish(MachineRemoved("web-10"))
        assert "web-10" not in "\n".join(trial.rows(1))


async def test_events_and_alerts_come_newest_first(trial: Trial) -> None:
    async with trial.run():
        await trial.publish(EventAdded(event(9, EventKind.SHUTDOWN, "web-10", 0)))
        assert trial.rows(4)[0].startswith("14:22:07  ↓  shutdown")
        assert "2h 14m" in trial.line("– bob")
        resolved = msgspec.structs.replace(ALERTS[0], resolved_us=NOW_US)
        await trial.publish(AlertChanged(resolved))
        assert "2 alerts" in trial.lines()[0]
        assert trial.rows(3)[-1].startswith("✓ over")


async def test_ages_tick_without_any_news(trial: Trial) -> None:
    async with trial.run():
        assert trial.line("● web-01").rstrip("│╮ ").split("││")[0].rstrip().endswith("12s")
        await trial.pass_seconds(9)
        assert trial.line("● web-01").split("││")[0].rstrip().endswith("21s")
        assert "14:22:16" in trial.lines()[0]


async def test_the_selected_machine_stays_selected_when_the_order_changes(trial: Trial) -> None:
    async with trial.run():
        await trial.press("j", "j", "j")
        assert trial.pane(1).selected == "db-02"
        trial.pane(1).sort_by("cpu")
        await trial.settle()
        await trial.publish(Sampled(sample("db-02", 99.0, 92.0, 0.1, 91.0, 203.0)))
        assert trial.pane(1).selected == "db-02"


async def test_the_order_stands_still_while_a_dialog_is_open(trial: Trial) -> None:
    async with trial.run():
        before = list(trial.pane(1).keys)
        await trial.press("s")
        await trial.publish(MachineChanged(machine("aaa-1")))
        assert list(trial.pane(1).keys) == before
        await trial.press("escape")
        assert trial.pane(1).keys[0] == "aaa-1"


async def test_the_order_stands_still_while_a_filter_is_typed(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", "w", "e", "b")
        assert list(trial.pane(1).keys) == ["web-01", "web-02", "web-10"]
        await trial.publish(MachineChanged(machine("web-00")))
        assert list(trial.pane(1).keys) == ["web-01", "web-02", "web-10"]
        await trial.press("enter")
        assert list(trial.pane(1).keys) == ["web-00", "web-01", "web-02", "web-10"]


async def test_a_filter_that_cannot_be_read_says_so_and_keeps_the_table(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash")
        await trial.type("web")
        assert len(trial.pane(1).keys) == 3
        await trial.press("space", "left_parenthesis")
        assert trial.line("something must follow (")
        assert len(trial.pane(1).keys) == 3
        assert "Machines 3 of 8" in trial.text()


async def test_escape_peels_one_layer_at_a_time_and_never_quits(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", "w", "e", "b", "enter", "enter")
        assert trial.app._crumbs() == ["fleet", "web-01"]
        await trial.press("escape")
        assert trial.app._crumbs() == ["fleet"]
        assert len(trial.pane(1).keys) == 3
        await trial.press("f")
        await trial.press("escape")
        assert len(trial.pane(1).keys) == 8
        await trial.press("escape")
        assert [tile.number for tile in trial.top.tiles if tile.display] == [1, 2, 3, 4]
        await trial.press("escape")
        assert trial.app.is_running
        assert "q quits" in trial.said()


async def test_escape_while_typing_takes_the_filter_back(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", "w", "e", "b", "enter")
        await trial.press("slash", "x", "escape")
        assert len(trial.pane(1).keys) == 3


async def test_n_goes_through_what_the_last_filter_matched(trial: Trial) -> None:
    async with trial.run():
        await trial.press("n")
        assert "no filter" in trial.said()
        await trial.press("slash", "w", "e", "b", "enter", "escape", "g")
        await trial.press("n")
        assert trial.pane(1).selected == "web-01"
        await trial.press("n", "n", "n")
        assert trial.pane(1).selected == "web-01"
        await trial.press("N")
        assert trial.pane(1).selected == "web-10"


async def test_sorting_by_a_column_and_turning_it_round(trial: Trial) -> None:
    async with trial.run():
        await trial.press("s", "j", "j", "enter")
        assert trial.pane(1).sort_key == "cpu"
        assert trial.pane(1).keys[0] == "alpine-9"
        await trial.press("S")
        assert list(trial.pane(1).keys)[:2] == ["app-17", "web-10"]
        assert set(trial.pane(1).keys[-2:]) == {"edge-03", "build-1"}


async def test_names_sort_as_people_sort_them(trial: Trial) -> None:
    async with trial.run():
        names = [key for key in trial.pane(1).keys if str(key).startswith("web")]
        assert names == ["web-01", "web-02", "web-10"]


async def test_tab_goes_round_the_panes(trial: Trial) -> None:
    async with trial.run():
        seen = []
        for _ in range(5):
            seen.append(trial.top.current.number)
            await trial.press("tab")
        assert seen == [1, 2, 3, 4, 1]


async def test_a_pressed_number_opens_what_it_counts(trial: Trial) -> None:
    async with trial.run():
        place = trial.lines()[0].index("7 sessions")
        await trial.pilot.click("#status", offset=(place + 2, 0))
        await trial.settle()
        assert trial.app._crumbs() == ["fleet", "sessions"]
        assert len(trial.rows(1)) == len(SESSIONS)


async def test_a_fleet_without_machines_says_so(trial: Trial) -> None:
    async with trial.run():
        await trial.publish(*(MachineRemoved(machine.name) for machine in MACHINES))
        assert trial.line("no machines yet")
        assert "0/0 up   0 sessions" in trial.lines()[0]


async def test_idle_is_told_from_the_terminal(trial: Trial) -> None:
    async with trial.run():
        assert "08:22    12s" in trial.line("alice", "08:22")  # since the newest login: no input before it is theirs
        await trial.pass_seconds(120)
        assert "08:22     2m" in trial.line("alice", "08:22")


async def test_the_clock_of_an_event_is_the_fleets(trial: Trial) -> None:
    ahead = event(20, EventKind.LOGIN, "web-01", 0, "mallory", skew_us=5 * MINUTE_US, tty="pts/9")
    async with trial.run():
        await trial.publish(EventAdded(ahead))
        assert trial.line("14:17:07", "mallory")


async def test_a_filter_that_is_kept_stays_in_sight_until_escape_takes_it_away(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", *"web", "enter")
        assert trial.line("1 Machines 3 of 8 /web")
        await trial.press("escape")
        assert trial.line("1 Machines 8 ")


async def test_on_its_way_to_a_column_a_filter_does_not_empty_the_table(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash")
        seen = []
        for character in "cpu>50":
            await trial.type(character)
            seen.append(len(trial.pane(1).keys))
        assert seen == [5, 5, 5, 5, 4, 2]


async def test_a_word_that_only_looks_like_a_column_is_searched_for_when_it_is_kept(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash", *"cpu", "enter")
        assert trial.line("1 Machines 0 of 8 /cpu")
        assert trial.line("nothing matches the filter")


async def test_enter_does_not_keep_a_filter_that_cannot_be_read(trial: Trial) -> None:
    async with trial.run():
        await trial.press("slash")
        await trial.type("cpu>")
        await trial.press("enter")
        assert trial.line("machines /cpu>")
        await trial.type("50")
        await trial.press("enter")
        assert trial.line("Machines 2 of 8 /cpu>50")


async def test_u_goes_to_the_user_of_an_event(trial: Trial) -> None:
    async with trial.run():
        await trial.press("4", "j", "u")
        assert trial.app._crumbs() == ["fleet", "alice"]


async def test_u_on_a_row_without_a_user_says_so(trial: Trial) -> None:
    async with trial.run():
        await trial.press("1", "u")
        assert trial.said() == "this row is about no user"
        assert trial.app._crumbs() == ["fleet"]


@pytest.mark.parametrize("width", [80, 99, 100, 119, 120, 159, 160, 200])
async def test_the_scroll_bar_cuts_no_age_when_it_comes(trial: Trial, width: int) -> None:
    async with trial.run((width, 24)):
        await trial.publish(*(MachineChanged(machine(f"x-{number:02}")) for number in range(40)))
        trial.pane(1).select("web-01")
        await trial.settle()
        end = trial.line("web-01", "alice", "14s").index("14s") + len("14s")
        assert trial.pane(1).show_vertical_scrollbar
        assert end <= trial.pane(1).scrollable_content_region.right


async def test_one_click_selects_two_open_a_title_sorts_and_the_wheel_scrolls(trial: Trial) -> None:
    async with trial.run((120, 24)):
        await trial.publish(*(MachineChanged(machine(f"late-{number:02}")) for number in range(40)))
        pane = trial.pane(1)
        top = pane.keys[0]
        await trial.pilot.click(pane, offset=(4, 4))
        assert pane.selected == pane.keys[2] != top
        await trial.pilot.click(pane, offset=(4, 1))
        await trial.settle()
        assert (pane.sort_key, pane.sort_reverse) == ("machine", True)
        pane.action_scroll_down()
        await trial.settle()
        assert pane.first_row > 0
        await trial.pilot.click(pane, offset=(4, 3), times=2)
        await trial.settle()
        assert len(trial.app._crumbs()) == 2


async def test_capital_f_follows_the_selected_row_wherever_it_goes(trial: Trial) -> None:
    async with trial.run((120, 24)):
        await trial.publish(*(MachineChanged(machine(f"late-{number:02}")) for number in range(40)))
        trial.pane(1).select("alpine-9")
        await trial.press("F", "S")
        assert trial.pane(1).selected == "alpine-9"
        assert trial.pane(1).is_in_sight(list(trial.pane(1).keys).index("alpine-9"))


async def test_what_is_typed_ahead_lands_in_the_filter(trial: Trial) -> None:
    async with trial.run():
        for key in ("slash", "w", "e", "b"):
            trial.app.post_message(Key(key, "/" if key == "slash" else key))
        await trial.settle()
        assert trial.line("machines /web")
        assert len(trial.pane(1).keys) == 3


async def test_enter_typed_ahead_of_the_screen_opens_in_the_pane_that_was_asked_for(trial: Trial) -> None:
    async with trial.run():
        for key in ("2", "enter"):
            trial.app.post_message(Key(key, None))
        await trial.settle()
        assert trial.line("fleet › alice")


@pytest.mark.parametrize("dialog", ["colon", "s", "t", "question_mark"])
async def test_a_dialog_that_gets_enter_twice_ends_once(trial: Trial, dialog: str) -> None:
    async with trial.run((80, 24)):
        await trial.press(dialog)
        for key in ("enter", "enter", "enter"):
            trial.app.post_message(Key(key, None))
        await trial.settle()
        assert not trial.app.failure
        await trial.settle()
        assert trial.line("whotop  fleet")
