"""What has just happened in the fleet: the newest events, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from whotop.clock import SECOND_US
from whotop.core.fleet import Touched
from whotop.model import Event, EventKind, Outcome, Standing
from whotop.text import duration
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.place import MachinePlace, Place
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import moment
from whotop.tui.views.view import Cell, Value, View, natural
from whotop.tui.views.where_from import where_from

_SIGNS: dict[EventKind, tuple[str, str]] = {
    EventKind.LOGIN: ("+", "login"),
    EventKind.LOGOUT: ("–", "logout"),
    EventKind.FAILED_LOGIN: ("×", "failed"),
    EventKind.BOOT: ("↑", "boot"),
    EventKind.SHUTDOWN: ("↓", "boot"),
}
_OTHER = ("·", "dim")
_OF_THE_MACHINE = frozenset({EventKind.BOOT, EventKind.SHUTDOWN, EventKind.CLOCK_CHANGE, EventKind.LOG_CLEARED})


class EventsView(View[bytes]):
    """Key: the event's. ``source`` limits it to the events of one; ``events`` are others than the fleet's newest."""

    name = "Events"
    sorts_by = "time"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("time", "time", 8, 0),
        Column("kind", "", 1, 0),
        Column("user", "user", 9, 0, flexible=True),
        Column("machine", "machine", 9, 0, flexible=True),
        Column("tty", "tty", 7, 5),
        Column("what", "what", 15, 7, flexible=True, sortable=False),
    )
    fields = frozenset({"user", "machine", "tty", "from", "kind", "outcome"})

    def __init__(self, scene: Scene, source: str = "", events: Mapping[bytes, Event] | None = None) -> None:
        super().__init__(scene)
        self._source = source
        self._events = scene.fleet.events if events is None else events

    def rows(self) -> Iterable[bytes]:
        """The newest that are kept."""
        if not self._source:
            return self._events
        return [key for key, event in self._events.items() if event.source == self._source]

    def contains(self, key: bytes) -> bool:
        """Whether it is among the newest."""
        event = self._events.get(key)
        return event is not None and self._source in ("", event.source)

    def touched(self, touched: Touched) -> Collection[bytes]:
        """Events that came, were corrected, or grew too old to keep."""
        return touched.events

    def place(self, key: bytes) -> Place | None:
        """The machine that wrote it."""
        return MachinePlace(self._events[key].machine)

    def user(self, key: bytes) -> str:
        """Who came or left; nobody where a machine started or stopped."""
        event = self._events[key]
        return "" if event.kind in _OF_THE_MACHINE else event.user

    def source(self, key: bytes) -> str:
        """Where it came from, if somebody came."""
        return self._events[key].source

    def title(self, key: bytes) -> str:
        """The user, or the machine it is about."""
        return self.user(key) or self._events[key].machine

    def count(self) -> str:
        """How many are kept says nothing."""
        return ""

    def empty(self) -> str:
        """A quiet fleet."""
        return "nothing has happened yet"

    def cells(self, key: bytes) -> Sequence[Cell]:
        """History, read at a first contact, is dim."""
        event = self._events[key]
        sign, role = _SIGNS.get(event.kind, _OTHER)
        is_history = event.standing is Standing.HISTORY
        return [
            [(moment(event.fleet_time_us, self.scene.now_us(), self.scene.zone), "time")],
            [(sign, role)],
            [_who(event, is_history)],
            [(event.machine, "dim" if is_history else "machine")],
            _where(event),
            _what(event),
        ]

    def sort_value(self, key: bytes, column: str) -> object:
        """By time on whotop's clock; names as people sort them."""
        event = self._events[key]
        match column:
            case "time":
                return event.fleet_time_us, event.seen_us
            case "kind":
                return event.kind.value
            case _:
                value = self.value(key, column)
                return natural(value) if isinstance(value, str) else None

    def value(self, key: bytes, field: str) -> Value:
        """One of each."""
        event = self._events[key]
        match field:
            case "user":
                return event.user
            case "machine":
                return event.machine
            case "tty":
                return event.tty
            case "from":
                return event.source
            case "kind":
                return event.kind.value
            case "outcome":
                return event.outcome.value if event.outcome else None
            case _:
                return None

    def visible(self, key: bytes) -> Iterable[str]:
        """All its texts."""
        event = self._events[key]
        return (event.user, event.machine, event.tty, event.source, event.kind.value)


def _who(event: Event, is_history: bool) -> tuple[str, str]:
    if event.kind in _OF_THE_MACHINE:
        return event.kind.value, _SIGNS.get(event.kind, _OTHER)[1]
    return event.user, "dim" if is_history else user_role(event.user)


def _where(event: Event) -> Cell:
    """The terminal; that of a failed login is none yet (``ssh:notty``)."""
    return [("failed", "failed")] if event.kind is EventKind.FAILED_LOGIN else [(event.tty, "dim")]


def _what(event: Event) -> Cell:
    spans: list[tuple[str, str]] = []
    if event.kind is EventKind.LOGOUT:
        spans.append((logout_words(event.duration_us, event.outcome), "normal"))
    elif event.kind in (EventKind.LOCK, EventKind.UNLOCK):
        spans.append((event.kind.value, "normal"))
    elif event.kind in _OF_THE_MACHINE:
        spans.append((event.detail, "dim"))
    else:
        spans.append(where_from(event.source, event.tty))
    if event.kind is EventKind.FAILED_LOGIN and event.detail:
        spans.append((f" {event.detail}", "dim"))
    if event.standing is Standing.LATE:
        spans.append((" late", "stale"))
    return spans


def logout_words(duration_us: int | None, outcome: Outcome | None) -> str:
    """``2h 14m``, or ``2h 14m gone`` where it was no orderly logout."""
    length = "" if duration_us is None else duration(duration_us / SECOND_US)
    ending = "" if outcome in (None, Outcome.LOGOUT) else str(outcome)
    return f"{length} {ending}".strip()
