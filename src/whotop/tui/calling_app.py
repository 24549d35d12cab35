"""The part of the app that calls its reader: by the terminal's bell, by a flash of the first line."""

from __future__ import annotations

from whotop.core.feed import Batch
from whotop.tui.herald import Herald
from whotop.tui.options import AlertCalls
from whotop.tui.themed_app import ThemedApp
from whotop.tui.tiled_screen import TiledScreen


class CallingApp(ThemedApp):
    """``hear`` every batch as it comes in."""

    def __init__(self, calls: AlertCalls) -> None:
        super().__init__()
        self.herald = Herald(calls)

    def hear(self, batch: Batch, now_us: int) -> None:
        """Call if the batch tells of an alert to look at."""
        if not self.herald.is_called_for(batch, now_us):
            return
        if self.herald.rings:
            self.bell()
        if self.herald.flashes:
            for screen in self.screen_stack:
                if isinstance(screen, TiledScreen):
                    screen.flash()

    def action_bell_on_or_off(self) -> None:
        """Ring when an alert opens, or no more."""
        self.herald.rings = not self.herald.rings
        words = "the bell rings when an alert opens" if self.herald.rings else "the bell is silent"
        self.notify(words, markup=False, timeout=4)
