"""What looks wrong: open alerts, and those that resolved while we looked on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.core.fleet import Touched
from whotop.core.rules import failed_logins, series_words
from whotop.model import Alert, Level
from whotop.tui.columns import Column
from whotop.tui.views.place import MachinePlace, Place, SourcePlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import moment
from whotop.tui.views.view import Cell, Value, View, natural

_SIGNS = {Level.HIGH: ("▲", "alert_high"), Level.WARN: ("■", "alert_warn"), Level.INFO: ("•", "alert_info")}
_ABOUT_SOURCES = frozenset({series_words.RULE, failed_logins.RULE, failed_logins.GUESSED})
_RANKS = {Level.INFO: 0, Level.WARN: 1, Level.HIGH: 2}


class AlertsView(View[bytes]):
    """Key: the alert's. ``machine`` limits it to one machine's."""

    name = "Alerts"
    sorts_by = "level"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("level", "level", 6, 0),
        Column("time", "since", 8, 6),
        Column("machine", "machine", 9, 8, flexible=False),
        Column("text", "what", 20, 0, flexible=True, sortable=False),
    )
    fields = frozenset({"level", "machine", "rule", "subject", "state"})

    def __init__(self, scene: Scene, machine: str = "") -> None:
        super().__init__(scene)
        self._machine = machine
        if machine:
            self.columns = tuple(column for column in self.columns if column.key != "machine")

    def rows(self) -> Iterable[bytes]:
        """Open and lately resolved ones."""
        return [key for key in self.fleet.alerts if self.contains(key)]

    def contains(self, key: bytes) -> bool:
        """Whether it is known, and of the machine this is about."""
        alert = self.fleet.alerts.get(key)
        return alert is not None and (not self._machine or alert.machine == self._machine)

    def touched(self, touched: Touched) -> Collection[bytes]:
        """Alerts that opened, grew or resolved."""
        return touched.alerts

    def place(self, key: bytes) -> Place | None:
        """The machine it is about, or the source; one about the fleet leads nowhere."""
        machine, source = self.fleet.alerts[key].machine, self.source(key)
        if machine:
            return MachinePlace(machine)
        return SourcePlace(source) if source else None

    def source(self, key: bytes) -> str:
        """Where the logins came from that it is about."""
        alert = self.fleet.alerts[key]
        return alert.subject if alert.rule in _ABOUT_SOURCES else ""

    def title(self, key: bytes) -> str:
        """The machine, or the words of one about the fleet."""
        alert = self.fleet.alerts[key]
        return alert.machine or alert.text

    def count(self) -> str:
        """How many are open."""
        return str(sum(1 for key in self.rows() if self.fleet.alerts[key].is_open))

    def empty(self) -> str:
        """All is well."""
        return "no alerts"

    def cells(self, key: bytes) -> Sequence[Cell]:
        """Sign and word of the level; resolved ones are dim and say so."""
        alert = self.fleet.alerts[key]
        sign, role = _SIGNS[alert.level] if alert.is_open else ("✓", "dim")
        word = alert.level.value if alert.is_open else "over"
        text = f"late: {alert.text}" if alert.late else alert.text
        cells: list[Cell] = [
            [(f"{sign} {word}", role)],
            [(moment(alert.opened_us, self.scene.now_us(), self.scene.zone), "time")],
            [(alert.machine or "fleet", "machine" if alert.is_open else "dim")],
            [(text, "normal" if alert.is_open else "dim")],
        ]
        if self._machine:
            del cells[2]
        return cells

    def sort_value(self, key: bytes, column: str) -> object:
        """By level: open ones first, then the worst, then the newest."""
        alert = self.fleet.alerts[key]
        match column:
            case "level":
                return alert.is_open, _RANKS[alert.level], alert.opened_us
            case "time":
                return alert.opened_us
            case _:
                return natural(alert.machine)

    def value(self, key: bytes, field: str) -> Value:
        """One of each."""
        alert = self.fleet.alerts[key]
        match field:
            case "level":
                return alert.level.value
            case "machine":
                return alert.machine or "fleet"
            case "rule":
                return alert.rule
            case "subject":
                return alert.subject
            case "state":
                return "open" if alert.is_open else "resolved"
            case _:
                return None

    def visible(self, key: bytes) -> Iterable[str]:
        """The machine and the words."""
        alert: Alert = self.fleet.alerts[key]
        return (alert.machine or "fleet", alert.text, alert.level.value)
