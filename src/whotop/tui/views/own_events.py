"""Events of one alert: those that it is about, and those that surround it. They come from history."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.model import Event
from whotop.tui.views.events import EventsView
from whotop.tui.views.scene import Scene


class _OwnEvents(EventsView):
    """Keeps events of its own."""

    def __init__(self, scene: Scene) -> None:
        self._kept: dict[bytes, Event] = {}
        super().__init__(scene, events=self._kept)

    def keep(self, events: Iterable[Event]) -> None:
        """These and no others."""
        kept = {event.key: event for event in events}
        self._kept.clear()
        self._kept.update(kept)

    def count(self) -> str:
        """How many are known."""
        return str(len(self._kept))


class EvidenceView(_OwnEvents):
    """What the rule judged."""

    name = "Evidence"

    def empty(self) -> str:
        """They are of long ago."""
        return "the events behind this alert are kept no longer"


class AroundView(_OwnEvents):
    """What else happened on the machine at that time."""

    name = "Around"

    def empty(self) -> str:
        """Nothing is known."""
        return "nothing else happened there within five minutes"
