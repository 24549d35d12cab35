from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import BindingType

from whotop.clock import ManualClock
from whotop.core.fleet import Fleet
from whotop.errors import ConfigError
from whotop.tui.actions import ACTIONS, GROUPS, bindings
from whotop.tui.finder import Finder
from whotop.tui.help_screen import HelpScreen
from whotop.tui.keymap import for_textual, keymap, keys_table, shown
from whotop.tui.options import Limits
from whotop.tui.palette import Chosen, Palette, find_actions
from whotop.tui.theme_files import default_variables
from whotop.tui.views.scene import Scene

KEYS_PAGE = Path(__file__).parents[2] / "docs" / "keys.md"


def test_no_key_means_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_no_default_key_belongs_to_tmux_or_screen() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert not [key for key in keys if key in {"ctrl+a", "ctrl+b"} or "alt" in key]


def test_every_action_has_a_group_and_a_sentence() -> None:
    assert all(action.group in GROUPS and action.help[0].isupper() for action in ACTIONS)


def test_every_binding_can_be_remapped_by_its_id() -> None:
    assert {binding.id for where in ("everywhere", "panes", "table") for binding in bindings(where)} == {
        action.id for action in ACTIONS
    }


def test_the_page_of_keys_is_current() -> None:
    assert KEYS_PAGE.read_text("utf-8") == keys_table(), "run scripts/write_keys.py"


def test_a_configured_key_takes_the_place_of_the_usual_ones() -> None:
    keys = keymap({"open": "o, right", "follow": ["L"]})
    assert keys["open"] == ("o", "right")
    assert keys["follow"] == ("L",)
    assert keys["quit"] == ("q",)


def test_a_comma_can_be_a_key() -> None:
    assert for_textual(keymap({"open": ","}))["open"] == "comma"


@pytest.mark.parametrize(
    ("configured", "complaint"),
    [
        ({"opne": "o"}, "did you mean 'open'?"),
        ({"open": ""}, "no key is given"),
        ({"open": "hyper+o"}, "there is no key 'hyper\\+o'"),
        ({"open": "q"}, "'q' would be both 'open' and 'quit'"),
    ],
)
def test_a_wrong_keymap_says_what_is_wrong_and_how_to_mend_it(configured: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        keymap(configured)


class Performer(App[None]):
    """An app that only notes what it is asked to do."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables()

    def why_not(self, action_id: str) -> str:
        return "reports are turned off" if action_id == "snapshot" else ""

    def action_pause(self) -> None:
        self.done.append("paused by key")


def text_on(app: App[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


async def test_help_lists_every_action_with_its_key_and_says_why_one_cannot_work() -> None:
    app = Performer()
    async with app.run_test(size=(100, 72)) as pilot:
        await app.push_screen(HelpScreen(keymap({"sort": "o"}), app.why_not))
        await pilot.pause()
        text = text_on(app)
        assert all(action.help in text for action in ACTIONS)
        assert "not now: reports are turned off" in text
        assert re.search("o +Choose the column", text)
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize(
    ("query", "first"),
    [("", "open"), ("theme", "theme"), ("who is on", "snapshot"), ("sort", "sort"), ("PAGE half", "half_down")],
)
def test_an_action_is_found_by_words_of_its_name_or_its_sentence(query: str, first: str) -> None:
    assert find_actions(query)[0].id == first


def test_words_that_no_action_has_find_nothing() -> None:
    assert find_actions("make coffee") == []


def palette(app: Performer, **keys: str) -> Palette:
    """One that finds actions alone."""
    finder = Finder(Scene(Fleet(), ManualClock(0), UTC, Limits()), lambda: None)
    return Palette(keymap(keys), app.why_not, finder)


async def test_the_palette_ends_with_the_action_that_was_chosen() -> None:
    app = Performer()
    async with app.run_test(size=(100, 40)) as pilot:
        chosen: list[Chosen | None] = []
        await app.push_screen(palette(app), chosen.append)
        await pilot.press(*"match", "down", "enter")
        assert chosen == ["next_match"]


async def test_the_palette_can_be_left_without_choosing() -> None:
    app = Performer()
    async with app.run_test(size=(100, 40)) as pilot:
        chosen: list[Chosen | None] = []
        await app.push_screen(palette(app), chosen.append)
        await pilot.press(*"coffee", "enter", "escape")
        assert chosen == [None]


async def test_the_palette_says_why_an_action_cannot_work_and_which_key_is_in_force() -> None:
    app = Performer()
    async with app.run_test(size=(100, 40)) as pilot:
        await app.push_screen(palette(app, snapshot="P"))
        await pilot.press(*"report")
        line = next(line for line in text_on(app).splitlines() if "not now: reports are turned off" in line)
        assert line.rstrip(" │").endswith("P")


async def test_a_click_chooses() -> None:
    app = Performer()
    async with app.run_test(size=(100, 40)) as pilot:
        chosen: list[Chosen | None] = []
        await app.push_screen(palette(app), chosen.append)
        await pilot.press(*"theme")
        await pilot.click("#found", offset=(4, 1))
        assert chosen == ["theme"]


async def test_a_remapped_key_works_and_the_old_one_no_longer() -> None:
    app = Performer()
    async with app.run_test() as pilot:
        app.set_keymap(for_textual(keymap({"pause": "f9"})))
        await pilot.press("f9", "space")
        assert app.done == ["paused by key"]


def test_keys_are_written_as_people_write_them() -> None:
    assert [shown(key) for key in ("escape", "ctrl+s", "?", "pagedown")] == ["esc", "ctrl+s", "?", "pgdn"]
