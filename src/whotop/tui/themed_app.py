"""An app with whotop's themes: all that are there, one in force, others tried on from a menu."""

from __future__ import annotations

from pathlib import Path

from textual.app import App

from whotop.tui.no_color import fit_filter_to_theme
from whotop.tui.theme_files import DEFAULT_THEME, default_theme, default_variables, load_themes


class ThemedApp(App[None]):
    """Textual's own themes are not offered: they know nothing of whotop's roles."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles' colours, for themes that say nothing of them."""
        return default_variables()

    def load_themes(self, name: str, folder: Path | None) -> list[str]:
        """Take the theme of that name, or the default one; what is wrong with files and name, in words.

        To be called before anything is mounted: a theme set later makes all style sheets be read again.
        """
        loaded = load_themes(folder)
        for theme in loaded.themes.values():
            self.register_theme(theme)
        self._themes = sorted(loaded.themes)
        wanted = name or DEFAULT_THEME
        warnings = [str(failure) for failure in loaded.failures]
        if wanted not in loaded.themes:
            warnings.append(f"there is no theme {wanted}; there are {', '.join(self._themes)}")
            wanted = DEFAULT_THEME
        if wanted in loaded.themes:
            self.theme = wanted
        return warnings

    def theme_for_terminal(self) -> None:
        """Where none was asked for, the one that suits what the terminal can show."""
        self.theme = default_theme(None if self.is_headless else self.console.color_system)

    def _watch_theme(self, theme_name: str) -> None:
        super()._watch_theme(theme_name)
        fit_filter_to_theme(self)

    def refresh_css(self, animate: bool = True) -> None:
        """Take the theme's colours; until there is a screen nothing has been parsed that has to be parsed again."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def action_choose_theme(self) -> None:
        """Choose among the themes; each is tried on as one goes through them."""
        from whotop.tui.choice_menu import ChoiceMenu

        before = self.theme

        def chosen(name: str | None) -> None:
            self.theme = name or before

        choices = [(name, name) for name in self._themes]
        self.push_screen(ChoiceMenu("Theme", choices, before, self._try_theme), chosen)

    def _try_theme(self, name: str) -> None:
        self.theme = name
