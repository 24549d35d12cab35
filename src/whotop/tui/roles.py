"""Roles: what a piece of text *is*, so that a theme alone decides how it looks.

Views speak of roles (``up``, ``root``, ``gauge_high``), never of colours. A theme gives each role a
colour; each role also has attributes (bold, italic, underline) that tell it apart where there is no
colour at all, because state never rests on hue alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from rich.style import Style
from textual.app import App
from textual.color import Color, ColorParseError

RowState = Literal["plain", "selected", "blurred"]
"""``selected``: the selected row of the focused table; ``blurred``: that of any other table."""

ATTRIBUTES = frozenset({"bold", "italic", "underline"})
"""No ``dim`` (it costs contrast) and no ``reverse`` (it belongs to the selected row)."""


class Role(msgspec.Struct, frozen=True):
    """One meaning a piece of text can have.

    ``without_colour`` holds the attributes it wears under ``NO_COLOR``; ``falls_back`` is the role
    that lends its looks where a theme says nothing of this one ("" for ``normal`` alone).
    """

    name: str
    meaning: str
    falls_back: str = "normal"
    without_colour: str = ""


_ALL = (
    Role("normal", "text that needs no attention", ""),
    Role("dim", "what is secondary, or known no longer", without_colour="italic"),
    Role("strong", "a value that matters most in its row", without_colour="bold"),
    Role("header", "column titles and labels", "dim", "underline"),
    Role("title", "titles of panes and the name of the program", "strong", "bold"),
    Role("key", "a key one can press", "title", "bold"),
    Role("match", "what a search or a filter found", "strong", "bold underline"),
    Role("time", "times and ages", "dim"),
    Role("machine", "a machine's name"),
    Role("user", "a user's name"),
    Role("source", "where a login came from"),
    Role("root", "a login as root, or with root's rights", "alert_high", "bold underline"),
    Role("new", "what has just appeared", "strong", "bold"),
    Role("live", "the view is live", "up", "bold"),
    Role("paused", "the view stands still", "stale", "bold underline"),
    Role("up", "a machine that answers"),
    Role("connecting", "a machine being reached", "dim", "italic"),
    Role("stale", "a machine whose last sample is old", without_colour="italic"),
    Role("down", "a machine that cannot be reached", without_colour="bold underline"),
    Role("unknown", "what cannot be told", "dim", "italic"),
    Role("login", "somebody came", "up"),
    Role("logout", "somebody left", "dim"),
    Role("failed", "a login that failed", "down", "bold"),
    Role("boot", "a machine started or stopped", "new", "bold"),
    Role("alert_info", "an alert worth knowing", "title"),
    Role("alert_warn", "an alert to look at soon", "stale", "bold"),
    Role("alert_high", "an alert to look at now", "down", "bold underline"),
    Role("gauge_low", "a figure far from its limit", "up"),
    Role("gauge_mid", "a figure that is rising", "stale"),
    Role("gauge_high", "a figure over its limit", "down", "bold"),
    Role("chart", "the line of a chart", "gauge_low"),
    Role("chart_other", "a chart's second line", "alert_info"),
    Role("error", "something the reader has to mend", "down", "bold"),
)

ROLES: dict[str, Role] = {role.name: role for role in _ALL}

BACKGROUNDS = {
    "selection": "behind the selected row of the focused table",
    "selection_blurred": "behind the selected row of a table without focus",
}
"""What else a theme gives a colour: backgrounds, on which every role must still be legible."""


class Look(msgspec.Struct, frozen=True):
    """A colour as Textual parses it, and attributes such as ``bold underline``."""

    colour: str
    attributes: str = ""


def parse_look(text: str) -> Look:
    """Read ``"bold #f7768e"``; raises ``ValueError`` in words for whoever wrote the theme."""
    words = text.split()
    colours = [word for word in words if word not in ATTRIBUTES]
    if len(colours) != 1:
        raise ValueError(f"{text!r} should be one colour, with {', '.join(sorted(ATTRIBUTES))} before it if wanted")
    try:
        Color.parse(colours[0])
    except ColorParseError as error:
        raise ValueError(f"{colours[0]!r} is no colour") from error
    return Look(colours[0], " ".join(word for word in words if word in ATTRIBUTES))


def look_of(looks: Mapping[str, Look], role: str) -> Look | None:
    """A role's own look or the one it falls back on; ``None`` where the theme has neither."""
    while role:
        if role in looks:
            return looks[role]
        role = ROLES[role].falls_back
    return None


def variable_of(role: str) -> str:
    """The theme variable that carries a role's colour, for style sheets: ``$whotop-alert-high``."""
    return "whotop-" + role.replace("_", "-")


def attributes_variable_of(role: str) -> str:
    """The theme variable that carries a role's attributes, for ``text-style``."""
    return variable_of(role) + "-text-style"


class RoleStyles(dict[str, Style]):
    """Role to Rich style for rows in one state, each worked out once; made anew when the theme changes.

    ``variables`` are the app's theme variables, ``base`` the style of plain text on the widget's
    background. Without colour, or with the terminal's own (whose shades nobody knows), the
    selected row is reversed instead of given a background. A role nobody knows looks ``normal``.
    """

    def __init__(
        self, state: RowState, variables: Mapping[str, str], base: Style, *, coloured: bool, own_shades: bool
    ) -> None:
        super().__init__()
        self._state = state
        self._variables = variables
        self._base = base
        self._coloured = coloured
        self._reverses = not coloured or not own_shades

    def __missing__(self, role: str) -> Style:
        style = self[role] = self._base + self._text_style(ROLES.get(role, ROLES["normal"])) + self._row_style()
        return style

    def _text_style(self, role: Role) -> Style:
        own = self._variables.get(attributes_variable_of(role.name), "none")
        attributes = Style.parse(own if self._coloured else role.without_colour or "none")
        if self._reverses and self._state == "selected":
            return attributes
        return attributes + self._colour_of(role)

    def _colour_of(self, role: Role) -> Style:
        colour = self._variables.get(variable_of(role.name), "")
        return Style(color=Color.parse(colour).rich_color) if colour else Style()

    def _row_style(self) -> Style:
        if self._state == "plain":
            return Style()
        is_selected = self._state == "selected"
        bold = Style(bold=is_selected or None)
        if self._reverses:
            return bold + Style(reverse=is_selected or None)
        colour = self._variables.get(variable_of("selection" if is_selected else "selection_blurred"), "")
        return bold + (Style(bgcolor=Color.parse(colour).rich_color) if colour else Style(reverse=is_selected or None))


def shows_shades(app: App[Any]) -> bool:
    """Whether a theme's shades reach the eye: not with the terminal's own colours, nor where it has but 16.

    A headless app has no terminal that could fall short.
    """
    return not app.native_ansi_color and (app.is_headless or app.console.color_system != "standard")
