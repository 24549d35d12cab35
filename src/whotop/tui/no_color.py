"""``NO_COLOR`` (no-color.org), where Textual's own reading of it falls short."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from textual.app import App
from textual.filter import Monochrome, NoColor


def drop_empty_no_color(environment: MutableMapping[str, str]) -> None:
    """Forget a ``NO_COLOR`` that is empty: it asks for nothing, but Textual obeys it.

    To be called before the App is constructed.
    """
    if not environment.get("NO_COLOR"):
        environment.pop("NO_COLOR", None)


def fit_filter_to_theme(app: App[Any]) -> None:
    """Under ``NO_COLOR``, turn a theme's colours to grey, but drop the terminal's own colours.

    To be called whenever the theme has changed. Textual chooses the filter once, when the App is
    constructed; in grey, the terminal's default colours would both be black (Textual 8.2.8,
    filter.py, monochrome_style).
    """
    wanted = NoColor if app.native_ansi_color else Monochrome
    filters = app._filters
    for index, present in enumerate(filters):
        if isinstance(present, NoColor | Monochrome) and not isinstance(present, wanted):
            filters[index] = wanted()
