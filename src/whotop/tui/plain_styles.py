"""The styles of a widget that draws its own lines and has no selected row."""

from __future__ import annotations

from textual.widget import Widget

from whotop.tui.roles import RoleStyles, shows_shades


def plain_styles(widget: Widget) -> RoleStyles:
    """Role to style on the widget's background; to be made anew when the theme changes."""
    return RoleStyles(
        "plain",
        widget.app.theme_variables,
        widget.visual_style.rich_style,
        coloured=not widget.app.no_color,
        own_shades=shows_shades(widget.app),
    )
