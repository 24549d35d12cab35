from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.filter import Monochrome, NoColor
from textual.widgets import Static

from whotop.tui.no_color import drop_empty_no_color, fit_filter_to_theme
from whotop.tui.theme_files import default_variables, load_themes


class Plain(App[None]):
    def __init__(self) -> None:
        super().__init__()
        for theme in load_themes().themes.values():
            self.register_theme(theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables()

    def compose(self) -> ComposeResult:
        yield Static("who", markup=False)


def colours_of(app: App[None]) -> set[str]:
    (first, *_) = app.screen._compositor.render_strips()
    (segment, *_) = first.apply_filter(app._filters[-1], app.screen.background_colors[1])
    assert segment.style
    return {colour.name for colour in (segment.style.color, segment.style.bgcolor) if colour}


@pytest.mark.parametrize(
    ("theme", "wanted"), [("terminal", NoColor), ("terminal-light", NoColor), ("dusk", Monochrome)]
)
def test_the_filter_goes_with_the_theme(monkeypatch: pytest.MonkeyPatch, theme: str, wanted: type) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Plain()
    app.theme = theme
    fit_filter_to_theme(app)
    assert isinstance(app._filters[-1], wanted)


async def test_the_terminals_own_colours_stay_its_own_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Plain()
    app.theme = "terminal"
    fit_filter_to_theme(app)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert colours_of(app) == {"default"}


def test_with_colour_nothing_is_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = Plain()
    before = list(app._filters)
    fit_filter_to_theme(app)
    assert app._filters == before


def test_an_empty_no_color_asks_for_nothing() -> None:
    environment = {"NO_COLOR": "", "TERM": "xterm"}
    drop_empty_no_color(environment)
    assert environment == {"TERM": "xterm"}


def test_a_no_color_that_says_anything_stays() -> None:
    environment = {"NO_COLOR": "1"}
    drop_empty_no_color(environment)
    assert environment == {"NO_COLOR": "1"}
