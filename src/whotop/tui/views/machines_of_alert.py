"""The machines of an alert over several, as the fleet shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from whotop.core.fleet import Touched
from whotop.tui.views.machines import MachinesView
from whotop.tui.views.scene import Scene


class MachinesOfAlertView(MachinesView):
    """Those of ``alert`` that are watched here."""

    def __init__(self, scene: Scene, alert: bytes) -> None:
        super().__init__(scene)
        self._alert = alert
        self._of: tuple[str, ...] = ()
        self._names: frozenset[str] = frozenset()

    def _concerned(self) -> frozenset[str]:
        alert = self.fleet.alerts.get(self._alert)
        if alert is not None and alert.machines is not self._of:
            self._of, self._names = alert.machines, frozenset(alert.machines)
        return self._names

    def rows(self) -> Iterable[str]:
        """Each once."""
        return self._concerned() & self.fleet.machines.keys()

    def contains(self, key: str) -> bool:
        """Whether the alert is about it."""
        return key in self._concerned() and super().contains(key)

    def touched(self, touched: Touched) -> Collection[str]:
        """Machines of which anything changed, and all of an alert that did."""
        return self._concerned() if self._alert in touched.alerts else touched.machines

    def count(self) -> str:
        """How many there are, also those that are not watched here."""
        return str(len(self._concerned()))

    def empty(self) -> str:
        """They may be another's."""
        return "none of its machines is watched here"
