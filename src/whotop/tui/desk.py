"""What all screens share: the scene they look at, the way batches come in, and the feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from whotop.core.feed import Feed
from whotop.core.fleet import Fleet
from whotop.model import Alert
from whotop.tui.intake import Intake
from whotop.tui.keymap import Keymap
from whotop.tui.options import ScreenOptions
from whotop.tui.views.scene import Scene


@dataclass(slots=True)
class Desk:
    """One for the whole app."""

    scene: Scene
    intake: Intake
    options: ScreenOptions
    keys: Keymap
    feed: Feed | None = None
    """``None`` until it has been made: the first paint does not wait for it."""
    past_alerts: dict[bytes, Alert] = field(default_factory=dict)
    """Alerts that the fleet does not keep, as far as a screen has asked for them."""
    trouble: str = ""
    """Why nothing comes any more, for the banner."""
    crumbs: Callable[[], list[str]] = field(default=list)
    """Where one is: the names of the screens on top of each other."""

    @property
    def fleet(self) -> Fleet:
        """The replica that the screens show."""
        return self.scene.fleet

    def banner(self) -> str:
        """One line about what is wrong with the feed; '' when all is well."""
        notices = self.feed.notices if self.feed is not None else ()
        return "  ·  ".join(text for text in (self.trouble, *notices) if text)
