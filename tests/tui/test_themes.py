from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from whotop.tui.roles import BACKGROUNDS, ROLES, variable_of
from whotop.tui.theme_files import DEFAULT_THEME, default_theme, default_variables, load_themes

LEAST_CONTRAST = 4.5
OWN = load_themes().themes
WITH_OWN_COLOURS = {name: theme for name, theme in OWN.items() if not theme.ansi}
GOOD = """
primary = "#ffffff"
foreground = "#ffffff"
background = "#000000"
surface = "#000000"
panel = "#000000"
"""


def luminance(colour: Color) -> float:
    """Relative luminance after WCAG 2.1."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def backgrounds(theme: Theme) -> dict[str, Color]:
    named = {name: theme.variables[variable_of(name)] for name in BACKGROUNDS}
    named |= {"background": theme.background or "", "surface": theme.surface or "", "panel": theme.panel or ""}
    return {name: Color.parse(colour) for name, colour in named.items()}


@pytest.mark.parametrize("name", WITH_OWN_COLOURS)
def test_every_role_is_legible_on_every_background_in_colour_and_in_grey(name: str) -> None:
    theme = WITH_OWN_COLOURS[name]
    faint = []
    for role in ROLES:
        text = Color.parse(theme.variables[variable_of(role)])
        for ground, colour in backgrounds(theme).items():
            ratios = contrast(text, colour), contrast(text.monochrome, colour.monochrome)
            if min(ratios) < LEAST_CONTRAST:
                faint.append(f"{role} on {ground}: {ratios[0]:.2f}, in grey {ratios[1]:.2f}")
    assert faint == []


def test_there_are_the_seven_kinds_of_theme() -> None:
    assert {name for name, theme in WITH_OWN_COLOURS.items() if theme.dark} >= {"dusk", "ember", "contrast", "harbour"}
    assert {name for name, theme in WITH_OWN_COLOURS.items() if not theme.dark} >= {"paper", "daylight"}
    assert OWN["terminal"].ansi
    assert OWN["terminal-light"].ansi
    assert DEFAULT_THEME in OWN


def test_whotops_own_themes_are_all_good() -> None:
    assert load_themes().failures == ()


def test_a_role_left_out_looks_like_the_one_it_falls_back_on(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD + '[roles]\ndown = "bold #ff0000"\n')
    variables = load_themes(tmp_path).themes["mine"].variables
    assert variables["whotop-alert-high"] == "#ff0000"
    assert variables["whotop-alert-high-text-style"] == "bold"
    assert variables["whotop-user"] == "#ffffff"


def test_the_users_theme_wins_over_one_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "dusk.toml").write_text(GOOD)
    assert load_themes(tmp_path).themes["dusk"].primary == "#ffffff"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("primary = \nx", "line 1"),
        (GOOD + "colour = 1", "colour"),
        (GOOD + 'accent = "mauve-ish"', "accent: 'mauve-ish' is no colour"),
        (GOOD + '[roles]\nboss = "#ffffff"', "roles.boss: there is no such role"),
        (GOOD + '[roles]\ndown = "bold"', "roles.down: 'bold' should be one colour"),
        (GOOD + '[roles]\ndown = "blink #ff0000"', "roles.down"),
        ('primary = "#ffffff"', "foreground"),
        ("primary = 1", "primary"),
    ],
)
def test_a_bad_theme_is_named_and_skipped(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    loaded = load_themes(tmp_path)
    assert "bad" not in loaded.themes
    assert set(loaded.themes) == set(OWN)
    (failure,) = loaded.failures
    assert failure.file.endswith("bad.toml")
    assert reason in str(failure)


def test_a_theme_file_that_is_no_text_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "Loud Name.toml").write_text(GOOD)
    assert len(load_themes(tmp_path).failures) == 2


def test_a_folder_that_is_not_there_holds_no_themes(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "nowhere", None).failures == ()


def test_style_sheets_find_every_role_under_any_theme() -> None:
    assert {variable_of(name) for name in (*ROLES, *BACKGROUNDS)} <= set(default_variables())


def test_a_terminal_of_16_colours_keeps_its_own() -> None:
    assert OWN[default_theme("standard")].ansi
    assert default_theme("256") == default_theme("truecolor") == DEFAULT_THEME
