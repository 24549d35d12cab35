"""What looks wrong: open alerts, and those that resolved while we looked on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from whotop.clock import SECOND_US
from whotop.core.fleet import Touched
from whotop.model import Alert, Level
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.text import age
from whotop.tui.columns import Column
from whotop.tui.views.alert_subject import source_of, user_of
from whotop.tui.views.place import AlertPlace, Place
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import moment
from whotop.tui.views.view import Cell, Span, Value, View, natural

SIGNS: dict[Level, Span] = {
    Level.HIGH: ("▲", "alert_high"),
    Level.WARN: ("■", "alert_warn"),
    Level.INFO: ("•", "alert_info"),
}
RANKS = {Level.INFO: 0, Level.WARN: 1, Level.HIGH: 2}


class AlertsView(View[bytes]):
    """Key: the alert's. ``machine`` limits it to one machine's; ``alerts`` are others than the fleet's."""

    name = "Alerts"
    leading_actions = ("acknowledge", "mute")
    sorts_by = "level"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("level", "level", 6, 0),
        Column("time", "since", 8, 7),
        Column("age", "age", 4, 3, align="right"),
        Column("rule", "rule", 11, 2),
        Column("machine", "machine", 12, 8),
        Column("text", "what", 34, 0, flexible=True, sortable=False),
    )
    fields = frozenset({"level", "machine", "rule", "subject", "state", "by"})

    def __init__(self, scene: Scene, machine: str = "", alerts: Mapping[bytes, Alert] | None = None) -> None:
        super().__init__(scene)
        self._machine = machine
        self._alerts = scene.fleet.alerts if alerts is None else alerts
        if machine:
            self.columns = tuple(column for column in self.columns if column.key != "machine")

    def rows(self) -> Iterable[bytes]:
        """Open and lately resolved ones."""
        return [key for key in self._alerts if self.contains(key)]

    def contains(self, key: bytes) -> bool:
        """Whether it is known, and of the machine this is about."""
        alert = self._alerts.get(key)
        return alert is not None and (not self._machine or alert.concerns(self._machine))

    def touched(self, touched: Touched) -> Collection[bytes]:
        """Alerts that opened, grew, were marked or resolved."""
        return touched.alerts

    def place(self, key: bytes) -> Place | None:
        """Its own screen, from which its machines, its user and its source are one key away."""
        return AlertPlace(key) if key in self.fleet.alerts else None

    def alert(self, key: bytes) -> Alert | None:
        """The row itself."""
        return self._alerts[key]

    def machine(self, key: bytes) -> str:
        """The one that it is about."""
        return self._alerts[key].machine

    def user(self, key: bytes) -> str:
        """Whom it is about."""
        return user_of(self._alerts[key])

    def source(self, key: bytes) -> str:
        """Where the logins came from that it is about."""
        return source_of(self._alerts[key])

    def title(self, key: bytes) -> str:
        """The machine, or the words of one about several or the fleet."""
        alert = self._alerts[key]
        return alert.machine or alert.text

    def count(self) -> str:
        """How many are open: ``3``, and apart from them what is muted: ``3 +1 muted``."""
        now_us = self.scene.now_us()
        standing = [alert for key in self.rows() if (alert := self._alerts[key]).is_open]
        muted = sum(alert.is_muted(now_us) for alert in standing)
        return f"{len(standing) - muted} +{muted} muted" if muted else str(len(standing))

    def empty(self) -> str:
        """All is well."""
        return "no alerts"

    def cells(self, key: bytes) -> Sequence[Cell]:
        """Sign and word of the level; resolved and muted ones are dim and say so, as does one that was seen."""
        alert, now_us = self._alerts[key], self.scene.now_us()
        is_quiet = not alert.is_open or alert.is_muted(now_us)
        cells: dict[str, Cell] = {
            "level": [level_span(alert, now_us)],
            "time": [(moment(alert.opened_us, now_us, self.scene.zone), "time")],
            "age": [(self._age(alert), "time")],
            "rule": [(alert.rule, "dim")],
            "machine": [(alert.where, "dim" if is_quiet else "machine")],
            "text": [*self._before_text(alert), (alert.text, "dim" if is_quiet else "normal")],
        }
        return [cells[column.key] for column in self.columns]

    def _before_text(self, alert: Alert) -> Sequence[Span]:
        mark = self._mark(alert)
        spans = [(f"{mark} ", "stale" if mark.startswith("muted") else "up")] if mark else []
        return [*spans, ("late ", "stale")] if alert.late else spans

    def _age(self, alert: Alert) -> str:
        end_us = self.scene.now_us() if alert.resolved_us is None else alert.resolved_us
        return age((end_us - alert.opened_us) / SECOND_US)

    def _mark(self, alert: Alert) -> str:
        """``muted``, ``muted 47m``, ``seen``."""
        now_us = self.scene.now_us()
        if alert.is_open and alert.muted_until_us is not None and alert.is_muted(now_us):
            if alert.muted_until_us == UNTIL_RESOLVED_US:
                return "muted"
            return f"muted {age((alert.muted_until_us - now_us) / SECOND_US)}"
        return "seen" if alert.is_acknowledged else ""

    def ages(self, key: bytes) -> str:
        """How long it has stood, and how long it is muted yet."""
        alert = self._alerts[key]
        return f"{self._age(alert)} {self._mark(alert)}"

    def sort_value(self, key: bytes, column: str) -> object:
        """By level: open ones first, muted ones behind the others, then the worst, unseen and newest."""
        alert = self._alerts[key]
        match column:
            case "level":
                return order_of(alert, self.scene.now_us())
            case "time":
                return alert.opened_us
            case "age":
                return -alert.opened_us
            case "rule":
                return alert.rule
            case _:
                return natural(alert.machine)

    def value(self, key: bytes, field: str) -> Value:
        """One of each, but for the machines, and for the states that it is in."""
        alert = self._alerts[key]
        match field:
            case "level":
                return alert.level.value
            case "machine":
                return alert.machines or alert.where
            case "rule":
                return alert.rule
            case "subject":
                return alert.subject
            case "state":
                return self._states(alert)
            case "by":
                return alert.acknowledged_by
            case _:
                return None

    def _states(self, alert: Alert) -> list[str]:
        states = {
            "open": alert.is_open,
            "resolved": not alert.is_open,
            "muted": alert.is_muted(self.scene.now_us()),
            "seen": alert.is_acknowledged,
            "late": alert.late,
        }
        return [state for state, is_so in states.items() if is_so]

    def visible(self, key: bytes) -> Iterable[str]:
        """The machine and the words."""
        alert = self._alerts[key]
        return (alert.where, alert.rule, alert.text, alert.level.value, self._mark(alert))


def order_of(alert: Alert, now_us: int) -> tuple[bool, bool, int, bool, int]:
    """What comes last is to be looked at first."""
    is_loud = not alert.is_muted(now_us)
    return alert.is_open, is_loud, RANKS[alert.level], not alert.is_acknowledged, alert.opened_us


def level_span(alert: Alert, now_us: int) -> Span:
    """``▲ high``; without its colour where it is muted; ``✓ over``."""
    if not alert.is_open:
        return ("✓ over", "dim")
    sign, role = SIGNS[alert.level]
    return (f"{sign} {alert.level.value}", "dim" if alert.is_muted(now_us) else role)
