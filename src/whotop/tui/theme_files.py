"""Themes from TOML files: whotop's own and the user's. A bad file is named and skipped, never fatal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from whotop.config.toml_table import toml_table
from whotop.tui.roles import BACKGROUNDS, ROLES, Look, attributes_variable_of, look_of, parse_look, variable_of

DEFAULT_THEME = "dusk"
THEME_OF_16_COLOURS = "terminal"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


class ThemeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a theme file may say: Textual's own fields, and whotop's roles.

    Colours are written as Textual reads them (``#7aa2f7``, ``ansi_blue``). ``[roles]`` gives each
    role a colour, with ``bold``, ``italic`` or ``underline`` before it if wanted, and the two
    backgrounds ``selection`` and ``selection_blurred``; a role left out looks like the one it falls
    back on.
    """

    primary: str
    foreground: str
    background: str
    surface: str
    panel: str
    secondary: str | None = None
    accent: str | None = None
    warning: str | None = None
    error: str | None = None
    success: str | None = None
    boost: str | None = None
    dark: bool = True
    ansi: bool = False
    luminosity_spread: float = 0.15
    text_alpha: float = 0.95
    roles: dict[str, str] = {}
    variables: dict[str, str] = {}


class ThemeFailure(msgspec.Struct, frozen=True):
    """A theme file that was skipped, and why."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"theme skipped: {self.file}: {self.reason}"


class LoadedThemes(msgspec.Struct, frozen=True):
    """All themes that could be read, by name, and the files that could not."""

    themes: dict[str, Theme]
    failures: tuple[ThemeFailure, ...] = ()


def own_folder() -> Path:
    """Where whotop's themes are: inside a wheel's package, beside ``src`` in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parents[1] / "themes"


def load_themes(*folders: Path | None) -> LoadedThemes:
    """Read whotop's themes and then those in ``folders``; of equal names the later wins."""
    themes: dict[str, Theme] = {}
    failures: list[ThemeFailure] = []
    for path in _files((own_folder(), *(folder for folder in folders if folder))):
        try:
            themes[path.stem] = read_theme(path)
        except (OSError, ValueError) as error:
            failures.append(ThemeFailure(str(path), str(error)))
    return LoadedThemes(themes, tuple(failures))


def read_theme(path: Path) -> Theme:
    """Read one file; raises ``OSError`` or ``ValueError`` with a reason that names the place."""
    if not NAME.fullmatch(path.stem):
        raise ValueError("a theme's file name may hold small letters, digits and hyphens only")
    try:
        data = msgspec.convert(toml_table(path.read_text("utf-8")), ThemeFile)
    except msgspec.ValidationError as error:
        raise ValueError(str(error).replace("$.", "").replace("`", "'")) from error
    _check_colours(data)
    return Theme(
        name=path.stem,
        primary=data.primary,
        secondary=data.secondary,
        warning=data.warning,
        error=data.error,
        success=data.success,
        accent=data.accent,
        foreground=data.foreground,
        background=data.background,
        surface=data.surface,
        panel=data.panel,
        boost=data.boost,
        dark=data.dark,
        luminosity_spread=data.luminosity_spread,
        text_alpha=data.text_alpha,
        variables={**_ansi_variables(data), **data.variables, **role_variables(_looks(data))},
        ansi=data.ansi,
    )


def role_variables(looks: Mapping[str, Look]) -> dict[str, str]:
    """The theme variables that carry the looks of all roles, fallbacks followed."""
    variables: dict[str, str] = {}
    for role in ROLES:
        look = look_of(looks, role)
        if look is not None:
            variables[variable_of(role)] = look.colour
            variables[attributes_variable_of(role)] = look.attributes or "none"
    for name in BACKGROUNDS:
        if name in looks:
            variables[variable_of(name)] = looks[name].colour
    return variables


def default_theme(colour_system: str | None) -> str:
    """The theme to begin with where none was chosen.

    ``colour_system`` is Rich's word for what the terminal can show; shades mapped to 16 colours
    fall together, so such a terminal keeps its own.
    """
    return THEME_OF_16_COLOURS if colour_system == "standard" else DEFAULT_THEME


def default_variables() -> dict[str, str]:
    """What ``App.get_theme_variable_defaults`` returns, so that style sheets parse under any theme."""
    plain = {"normal": Look("#d8dee9"), "selection": Look("#2b3a55"), "selection_blurred": Look("#232a38")}
    return role_variables(plain)


def _files(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.toml"))]


def _ansi_variables(data: ThemeFile) -> dict[str, str]:
    """What Textual's own widgets need in a theme on the terminal's colours, where nothing can be blended."""
    if not data.ansi:
        return {}
    return BUILTIN_THEMES["ansi-dark" if data.dark else "ansi-light"].variables


def _looks(data: ThemeFile) -> dict[str, Look]:
    looks = {"normal": Look(data.foreground)}
    for name, text in data.roles.items():
        if name not in ROLES and name not in BACKGROUNDS:
            raise ValueError(f"roles.{name}: there is no such role; there are {', '.join((*ROLES, *BACKGROUNDS))}")
        try:
            looks[name] = parse_look(text)
        except ValueError as error:
            raise ValueError(f"roles.{name}: {error}") from error
    return looks


def _check_colours(data: ThemeFile) -> None:
    for field in ("primary", "secondary", "accent", "warning", "error", "success", "foreground", "background",
                  "surface", "panel", "boost"):  # fmt: skip
        colour = getattr(data, field)
        try:
            if colour is not None:
                Color.parse(colour)
        except ColorParseError as error:
            raise ValueError(f"{field}: {colour!r} is no colour") from error
