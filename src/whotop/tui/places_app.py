"""The part of the app that goes places: screens over each other, each place once."""

from __future__ import annotations

from whotop.tui.calling_app import CallingApp
from whotop.tui.desk import Desk
from whotop.tui.go_to import GoTo
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.screens_of_places import screen_at
from whotop.tui.views.place import Place, SessionPlace, UsagePlace


class PlacesApp(CallingApp):
    """Screens are imported when they are first gone to."""

    desk: Desk

    def has_screens(self) -> bool:
        """Whether anything is shown."""
        return any(isinstance(screen, PaneScreen) for screen in self.screen_stack)

    def _top_screen(self) -> PaneScreen:
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, PaneScreen))

    def _crumbs(self) -> list[str]:
        return [screen.crumb for screen in self.screen_stack if isinstance(screen, PaneScreen)]

    def on_go_to(self, message: GoTo) -> None:
        """Put the screen of that place on top; one that is open already comes to the surface."""
        self._go_to(message.place, instead=message.instead)

    def _go_to(self, place: Place, *, instead: bool = False) -> None:
        screens = [screen for screen in self.screen_stack if isinstance(screen, PaneScreen)]
        for depth, screen in enumerate(screens):
            if screen.place == place:
                self.action_surface(depth)
                return
        if isinstance(place, SessionPlace):
            self._show_processes(place.session)
        else:
            self._show(screen_at(place, self.desk), instead=instead)

    def _show(self, screen: PaneScreen | None, *, instead: bool) -> None:
        if screen is None:
            self._say("this is known no longer")
        elif instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _show_processes(self, key: bytes) -> None:
        from whotop.tui.process_screen import ProcessScreen

        session = self.desk.fleet.sessions.get(key)
        if session is None:
            self._say("this session has ended")
            return
        self.push_screen(ProcessScreen(self.desk, session), lambda place: self._go_to(place) if place else None)

    def action_all_sessions(self) -> None:
        """Every open session of the fleet."""
        from whotop.tui.sessions_screen import SessionsScreen

        if not isinstance(self._top_screen(), SessionsScreen):
            self.push_screen(SessionsScreen(self.desk))

    def action_all_failures(self) -> None:
        """Every failed login of the fleet."""
        from whotop.tui.failures_screen import FailuresScreen

        if not isinstance(self._top_screen(), FailuresScreen):
            self.push_screen(FailuresScreen(self.desk))

    def action_usage(self) -> None:
        """How many people use the machines."""
        self._go_to(UsagePlace())

    def action_surface(self, depth: int) -> None:
        """Back to the screen at that place in the breadcrumb."""
        while len(self._crumbs()) > depth + 1:
            self.pop_screen()

    def action_fleet_pane(self, number: int) -> None:
        """The fleet's pane of that number."""
        self.action_surface(0)
        self._top_screen().show_tile(number)

    def _say(self, text: str, severity: str = "information") -> None:
        self.notify(text, severity=severity, markup=False, timeout=6)  # type: ignore[arg-type]
