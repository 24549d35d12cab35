from __future__ import annotations

from collections.abc import Hashable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Input

from whotop.tui.columns import Column, lay_out
from whotop.tui.line_table import LineTable
from whotop.tui.roles import RoleStyles
from whotop.tui.row_strip import row_strip
from whotop.tui.table_messages import CellPressed, HeaderPressed, Opened, SelectionChanged
from whotop.tui.theme_files import default_variables

COLUMNS = (
    Column("state", "", 1, 0),
    Column("name", "machine", 8, 0, flexible=True),
    Column("on", "on", 3, 30, align="right"),
    Column("cpu", "cpu", 10, 20),
    Column("note", "note", 6, 10, sortable=False),
)


class Shelf(App[None]):
    """An app with one table, over rows whose figures a test may change."""

    def __init__(self, count: int = 30) -> None:
        super().__init__()
        self.figures: dict[Hashable, str] = {f"m{number:02d}": str(number) for number in range(count)}
        self.drawn: list[Hashable] = []
        self.heard: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables()

    def compose(self) -> ComposeResult:
        yield LineTable(COLUMNS, self.cells_of, id="table", empty="no machines yet")
        yield Input(id="elsewhere")

    def on_mount(self) -> None:
        self.table.set_order(list(self.figures))
        self.table.focus()

    def cells_of(self, key: Hashable) -> Sequence[Sequence[tuple[str, str]]]:
        self.drawn.append(key)
        return [[("●", "up")], [(str(key), "machine")], [(self.figures[key], "strong")], [("▂▃ 12%", "chart")], []]

    @property
    def table(self) -> LineTable:
        return self.query_one(LineTable)

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]

    def line_of(self, key: str) -> int:
        return next(y for y, line in enumerate(self.lines) if key in line)

    def on_line_table_opened(self, message: Opened) -> None:
        self.heard.append(message)

    def on_line_table_header_pressed(self, message: HeaderPressed) -> None:
        self.heard.append(message)

    def on_line_table_cell_pressed(self, message: CellPressed) -> None:
        self.heard.append(message)

    def on_line_table_selection_changed(self, message: SelectionChanged) -> None:
        self.heard.append(message)


SIZE = (60, 14)


async def test_the_titles_stay_on_top_while_rows_scroll() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G")
        assert "machine" in app.lines[0]
        assert "m29" in app.lines[-1]


async def test_the_selected_row_is_marked_by_more_than_colour_and_differently_without_focus() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        assert app.lines[1].startswith("▌")
        app.query_one(Input).focus()
        await pilot.pause()
        assert app.lines[1].startswith("▏")
        assert not app.lines[2].startswith(("▌", "▏"))


async def test_selection_is_a_key_and_follows_it_into_a_new_order() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "j")
        app.table.set_order([*reversed(app.table.keys)])
        assert app.table.selected == "m03"


async def test_the_selected_row_keeps_its_line_when_the_order_changes() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "j")
        line = app.line_of("m03")
        keys = list(app.table.keys)
        keys.insert(15, keys.pop(3))
        app.table.set_order(keys)
        await pilot.pause()
        assert app.line_of("m03") == line


async def test_the_view_stays_at_the_top_until_somebody_selects() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        app.table.set_order([*reversed(app.table.keys)])
        await pilot.pause()
        assert "m29" in app.lines[1]
        assert app.table.selected == "m00"


async def test_following_pulls_the_view_to_the_selected_row() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        app.table.follow = True
        app.table.set_order([*reversed(app.table.keys)])
        await pilot.pause()
        assert any("m00" in line for line in app.lines)


async def test_a_row_that_goes_hands_the_selection_to_the_one_in_its_place() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j")
        app.table.set_order([key for key in app.table.keys if key != "m02"])
        assert app.table.selected == "m03"


async def test_a_selected_last_row_that_goes_leaves_the_mark_on_the_one_above() -> None:
    app = Shelf(5)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G")
        app.drawn.clear()
        app.table.set_order(app.table.keys[:-1])
        await pilot.pause()
        assert app.drawn == ["m03"]
        assert app.lines[4].startswith("▌")


async def test_a_new_order_draws_only_the_lines_it_changes() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.drawn.clear()
        keys = list(app.table.keys)
        keys[3], keys[4] = keys[4], keys[3]
        app.table.set_order(keys)
        await pilot.pause()
        assert app.drawn == ["m04", "m03"]


async def test_a_frozen_order_waits_until_it_is_released() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE):
        before = app.table.keys
        app.table.order_frozen = True
        app.table.set_order(["m05", "m04"])
        assert app.table.keys == before
        app.table.order_frozen = False
        assert app.table.keys == ["m05", "m04"]


async def test_no_rows_say_why_there_are_none() -> None:
    app = Shelf(0)
    async with app.run_test(size=SIZE) as pilot:
        assert "no machines yet" in app.lines[1]
        app.table.empty = "no machine matches"
        assert "no machine matches" in app.lines[1]
        await pilot.press("j", "G", "enter", "ctrl+d")
        assert app.table.selected is None


async def test_only_visible_rows_are_drawn_and_only_changed_ones_again() -> None:
    app = Shelf(5000)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert len(set(app.drawn)) < 20
        app.drawn.clear()
        app.table.touch(["m03", "m4000"])
        await pilot.pause()
        assert app.drawn == ["m03"]


async def test_changes_close_together_are_drawn_together() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.drawn.clear()
        app.table.touch(["m01"])
        for _ in range(50):
            app.table.touch(["m02"])
        await pilot.pause(0.25)
        assert sorted(map(str, app.drawn)) == ["m01", "m02"]


@pytest.mark.parametrize(
    ("keys", "selected"),
    [
        (["j", "j", "k"], "m01"),
        (["down", "up", "down"], "m01"),
        (["G"], "m29"),
        (["end", "home"], "m00"),
        (["ctrl+d"], "m05"),
        (["pagedown", "pageup"], "m00"),
        (["k"], "m00"),
    ],
)
async def test_keys_move_the_selection(keys: list[str], selected: str) -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*keys)
        assert app.table.selected == selected


async def test_enter_opens_the_selected_row() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "enter")
        assert [message.key for message in app.heard if isinstance(message, Opened)] == ["m01"]


async def test_nothing_is_opened_unseen() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        app.table.scroll_to(y=20, animate=False)
        await pilot.pause()
        await pilot.press("enter")
        assert not [message for message in app.heard if isinstance(message, Opened)]
        assert "m00" in app.lines[1]


async def test_a_click_selects_and_tells_the_cell_and_two_open() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(app.table, offset=(4, 3))
        assert app.table.selected == "m02"
        await pilot.click(app.table, offset=(4, 5), times=2)
        cells = [(m.key, m.column_key) for m in app.heard if isinstance(m, CellPressed)]
        assert cells == [("m02", "name"), ("m04", "name")]
        assert [message.key for message in app.heard if isinstance(message, Opened)] == ["m04"]


async def test_two_clicks_do_not_open_a_row_that_slid_under_the_pointer_between_them() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(app.table, offset=(4, 3))
        app.table.set_order([*reversed(app.table.keys)])
        await pilot.pause()
        app.table.scroll_to(y=0, animate=False)
        await pilot.pause()
        await pilot.click(app.table, offset=(4, 3))
        assert not [message for message in app.heard if isinstance(message, Opened)]


async def test_a_click_on_a_title_asks_to_sort_where_that_is_possible() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(app.table, offset=(4, 0))
        await pilot.click(app.table, offset=(55, 0))
        assert [m.column_key for m in app.heard if isinstance(m, HeaderPressed)] == ["name"]


async def test_a_click_below_the_rows_does_nothing() -> None:
    app = Shelf(2)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(app.table, offset=(4, 8))
        assert app.table.selected == "m00"


async def test_the_wheel_scrolls_and_leaves_the_selection() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        app.table.post_message(
            events.MouseScrollDown(
                app.table, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False, screen_x=5, screen_y=5
            )
        )
        await pilot.pause()
        assert app.table.scroll_offset.y > 0
        assert app.table.selected == "m00"


async def test_the_sorted_column_carries_an_arrow() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE):
        app.table.sort_key = "name"
        assert "machine▴" in app.lines[0]
        app.table.sort_reverse = True
        app.table.sort_key = "on"
        assert "on▾" in app.lines[0]


async def test_matches_are_marked_and_gone_through_in_a_ring() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE):
        app.table.matches({"m02", "m05"})
        assert app.lines[3].startswith("•")
        order = [app.table.next_match() and app.table.selected for _ in range(3)]
        assert order == ["m02", "m05", "m02"]
        assert app.table.previous_match()
        assert app.table.selected == "m05"
        app.table.matches(())
        assert not app.table.next_match()


async def test_what_is_shown_can_be_had_as_text() -> None:
    app = Shelf(2)
    async with app.run_test(size=(40, 14)):
        assert app.table.text_of("m01") == "●  m01  1  ▂▃ 12%"
        assert app.table.rows_as_text()[:2] == [["", "machine", "on", "cpu", "note"], ["●", "m00", "0", "▂▃ 12%", ""]]


async def test_the_theme_changes_what_is_drawn() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        before = [segment.style for segment in app.table.render_line(2)]
        app.theme = "textual-light"
        await pilot.pause()
        assert [segment.style for segment in app.table.render_line(2)] != before


@pytest.mark.parametrize(
    ("width", "kept"),
    [
        (80, "state name on cpu note"),
        (25, "state name on cpu"),
        (16, "state name on"),
        (13, "state name"),
        (3, "state name"),
    ],
)
def test_columns_drop_out_lowest_priority_first(width: int, kept: str) -> None:
    assert " ".join(place.column.key for place in lay_out(COLUMNS, width)) == kept


def test_flexible_columns_take_what_is_left() -> None:
    placed = lay_out(COLUMNS, 50)
    assert placed[1].width == 8 + 50 - (1 + 8 + 3 + 10 + 6 + 4)
    assert placed[-1].start + placed[-1].width == 50


def draw(cells: Sequence[Sequence[tuple[str, str]]], width: int = 40) -> str:
    styles = RoleStyles("plain", {}, Style(), coloured=True, own_shades=True)
    strip = row_strip(lay_out(COLUMNS, width - 1, start=1), cells, width, (" ", "normal"), styles)
    assert strip.cell_length == sum(cell_len(segment.text) for segment in strip)
    return strip.text


def test_a_reason_runs_on_over_the_empty_cells_beside_it() -> None:
    text = draw([[("○", "down")], [("m1", "machine")], [("unreachable 3m", "down")], [], []])
    assert "unreachable 3m" in text
    text = draw([[("○", "down")], [("m1", "machine")], [("unreachable 3m", "down")], [("x", "dim")], []])
    assert "un… x" in text


def test_a_wide_character_that_is_cut_leaves_no_half() -> None:
    text = draw([[], [("日本語日本語日本語日本語", "user")], [], [("x", "dim")], []], 30)
    assert cell_len(text) == 30
    assert "x" in text


@pytest.mark.parametrize("text", ["\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "a\u200db", "\u2764\ufe0f"])
def test_what_terminals_draw_at_different_widths_is_not_drawn(text: str) -> None:
    assert "\ufffd" in draw([[], [(text, "user")], [], [], []])


@given(st.lists(st.text(), min_size=5, max_size=5), st.integers(1, 80))
def test_whatever_cells_hold_only_printable_text_of_the_right_width_leaves(texts: list[str], width: int) -> None:
    line = draw([[(text, "normal"), (text, "no such role")] for text in texts], width)
    assert line.isprintable()
    assert cell_len(line) <= width


async def test_the_scroll_bar_covers_no_text() -> None:
    app = Shelf()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.table.show_vertical_scrollbar
        assert app.table.render_line(1).cell_length == SIZE[0] - app.table.scrollbar_size_vertical
        app.table.set_order(["m01"])
        await pilot.pause()
        assert app.table.render_line(1).cell_length == SIZE[0]
