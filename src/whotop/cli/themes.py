"""``whotop themes``: the colour themes that there are."""

from __future__ import annotations

import sys

import rich_click as click


@click.command()
def themes() -> int:
    """List the colour themes: whotop's own, and those of your folder."""
    from whotop.config.places import config_folder
    from whotop.tui.theme_files import DEFAULT_THEME, load_themes

    loaded = load_themes(config_folder() / "themes")
    width = max(map(len, loaded.themes))
    for name, theme in sorted(loaded.themes.items()):
        kind = "the terminal's own colours" if theme.ansi else "dark" if theme.dark else "light"
        print(f"{name:{width}}  {kind}{', the default' if name == DEFAULT_THEME else ''}")
    for failure in loaded.failures:
        print(f"whotop: {failure}", file=sys.stderr)
    return 1 if loaded.failures else 0
