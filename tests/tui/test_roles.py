from __future__ import annotations

import pytest
from rich.style import Style

from whotop.tui.roles import ROLES, Look, RoleStyles, parse_look
from whotop.tui.theme_files import load_themes

DUSK = load_themes().themes["dusk"].variables
BASE = Style.parse("#cdd6e4 on #141922")
STATES_THAT_MUST_DIFFER = ("up", "stale", "down")


def styles(state: str = "plain", *, coloured: bool = True, own_shades: bool = True) -> RoleStyles:
    return RoleStyles(state, DUSK, BASE, coloured=coloured, own_shades=own_shades)  # type: ignore[arg-type]


def test_a_theme_gives_a_role_its_colour_and_attributes() -> None:
    style = styles()["alert_high"]
    assert style.bold
    assert style.color
    assert style.color.name == DUSK["whotop-alert-high"]


def test_a_role_that_nobody_knows_looks_normal() -> None:
    assert styles()["no such role"] == styles()["normal"]


def test_without_colour_states_differ_by_their_attributes() -> None:
    worn = {(s.bold, s.italic, s.underline) for s in (styles(coloured=False)[role] for role in STATES_THAT_MUST_DIFFER)}
    assert len(worn) == len(STATES_THAT_MUST_DIFFER)


def test_the_selected_row_has_a_background_and_weight() -> None:
    style = styles("selected")["up"]
    assert style.bold
    assert style.bgcolor
    assert style.bgcolor.name == DUSK["whotop-selection"]


@pytest.mark.parametrize(("coloured", "own_shades"), [(False, True), (True, False)])
def test_the_selected_row_is_reversed_where_there_are_no_shades(*, coloured: bool, own_shades: bool) -> None:
    selected = styles("selected", coloured=coloured, own_shades=own_shades)
    assert all(selected[role].reverse for role in ROLES)
    assert {selected[role].color for role in ROLES} == {BASE.color}


def test_a_look_is_one_colour_with_attributes() -> None:
    assert parse_look("bold #ff0000 underline") == Look("#ff0000", "bold underline")


@pytest.mark.parametrize("text", ["", "bold", "#ff0000 #00ff00", "no-colour", "dim #ff0000"])
def test_a_wrong_look_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        parse_look(text)
