"""Rule ``unreachable``: a machine that we no longer hear.

It opens as a warning when a machine is stale (two intervals without a sample), becomes high when it
is down (three, or no connection), and resolves when the machine is up. There is no upstream default
to follow. When several are lost within a minute, behind one jump host or not, one alert tells of all
of them.
"""

from __future__ import annotations

from collections import OrderedDict

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.outage import Outage
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Level, Machine, MachineState

RULE = "unreachable"
_UNKNOWN_FOR_US = 10 * MINUTE_US
"""A machine of a restored outage that nobody watches after so long is watched no longer."""


class Reach(Rule):
    """Watches the state of machines."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        table = context.settings.unreachable
        self._settings = context.scoped(table)
        self._group_count = table.group_count
        self._within_us = round(table.group_within_seconds * SECOND_US)
        self._alone: dict[str, Machine] = {}
        """Lost machines that have an alert of their own."""
        self._lost_us: OrderedDict[str, int] = OrderedDict()
        """When each of those was lost, if it was lately; the latest at the end."""
        self._outages: dict[str, Outage] = {}
        """By subject."""
        self._unmet: dict[str, dict[str, None]] = {}
        """By subject: machines of a restored outage that nobody has told of yet."""
        self._unmet_since_us: int | None = None

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """A machine has changed its state, or the reason for it."""
        self._adopt(now_us)
        for unmet in self._unmet.values():
            unmet.pop(machine.name, None)
        if machine.state is MachineState.UP or not self._settings.at(machine.name).on:
            return self._found_again(machine.name, now_us)
        if machine.state in (MachineState.STALE, MachineState.DOWN):
            return self._lost(machine, now_us)
        return []

    def tick(self, now_us: int) -> list[Alert]:
        """Tell what is untold of outages."""
        self._adopt(now_us)
        if self._unmet_since_us is not None and now_us - self._unmet_since_us > _UNKNOWN_FOR_US:
            self._give_up_unmet()
        return [alert for outage in list(self._outages.values()) for alert in self._tell(outage, now_us)]

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._leave_alone(machine)
        for outage in self._outages.values():
            outage.find(machine)

    def _lost(self, machine: Machine, now_us: int) -> list[Alert]:
        self._forget_older(now_us - self._within_us)
        outage = self._outage_of(machine.name, now_us)
        if outage is not None:
            outage.lose(machine, now_us)
            return self._fold(machine.name, now_us) + self._tell(outage, now_us)
        if self.alerts.get(RULE, machine.name) is None:
            self._lost_us[machine.name] = now_us
        self._alone[machine.name] = machine
        changed = self._tell_alone(machine, now_us)
        return changed + self._gather(now_us) if len(self._lost_us) >= self._group_count else changed

    def _forget_older(self, before_us: int) -> None:
        while self._lost_us and next(iter(self._lost_us.values())) < before_us:
            del self._lost_us[next(iter(self._lost_us))]

    def _outage_of(self, name: str, now_us: int) -> Outage | None:
        """The outage that a lost machine belongs to: its own, or one that has just grown."""
        for outage in self._outages.values():
            if name in outage.members:
                return outage
        if name in self._alone and name not in self._lost_us:
            return None
        return next((each for each in self._outages.values() if now_us - each.grown_us <= self._within_us), None)

    def _gather(self, now_us: int) -> list[Alert]:
        """Make an outage of those that were lost lately."""
        lately = list(self._lost_us)
        outage = self._outages[lately[0]] = Outage(lately[0], now_us)
        for name in lately:
            outage.lose(self._alone[name], now_us)
        told = self._tell(outage, now_us)
        return told + [over for name in lately for over in self._fold(name, now_us)]

    def _found_again(self, name: str, now_us: int) -> list[Alert]:
        self._leave_alone(name)
        changed = self.alerts.over(RULE, name, "", now_us)
        for outage in list(self._outages.values()):
            if name in outage.lost:
                outage.find(name)
                changed += self._tell(outage, now_us)
        return changed

    def _fold(self, name: str, now_us: int) -> list[Alert]:
        self._leave_alone(name)
        alert = self.alerts.get(RULE, name)
        return [] if alert is None else self.alerts.folded(alert, "told with others from now on", now_us)

    def _leave_alone(self, name: str) -> None:
        self._alone.pop(name, None)
        self._lost_us.pop(name, None)

    def _tell_alone(self, machine: Machine, now_us: int) -> list[Alert]:
        is_down = machine.state is MachineState.DOWN
        text = f"{'unreachable' if is_down else 'stale'}: {machine.reason}".removesuffix(": ")
        level = Level.HIGH if is_down else Level.WARN
        return self.alerts.found(Finding(rule=RULE, machine=machine.name, level=level, text=text), now_us)

    def _tell(self, outage: Outage, now_us: int) -> list[Alert]:
        if not outage.lost:
            return self._end(outage, now_us)
        standing = self.alerts.get(RULE, "", outage.subject)
        if standing is not None and standing.level is outage.level and not outage.is_news(now_us):
            return []
        outage.told(now_us)
        return self.alerts.found(_finding(outage, outage.level, outage.words(), tuple(outage.lost)), now_us)

    def _end(self, outage: Outage, now_us: int) -> list[Alert]:
        """All are heard again: the last words name all that were lost."""
        del self._outages[outage.subject]
        standing = self.alerts.get(RULE, "", outage.subject)
        if standing is None:
            return []
        last = _finding(outage, standing.level, outage.last_words(), tuple(outage.members))
        self.alerts.changed(standing, last, now_us)
        return self.alerts.over(RULE, "", outage.subject, now_us)

    def _adopt(self, now_us: int) -> None:
        """Take up the outages that the store gave back."""
        for alert in self.alerts.of(RULE, ""):
            if alert.subject not in self._outages:
                self._outages[alert.subject] = Outage.of_alert(alert)
                self._unmet[alert.subject] = dict.fromkeys(alert.machines)
                self._unmet_since_us = now_us

    def _give_up_unmet(self) -> None:
        """Leave out machines that are not watched, unless all are: then another process watches them."""
        for subject, names in self._unmet.items():
            outage = self._outages.get(subject)
            if outage is not None and len(names) < len(outage.lost):
                for name in names:
                    outage.find(name)
        self._unmet.clear()
        self._unmet_since_us = None


def _finding(outage: Outage, level: Level, text: str, machines: tuple[str, ...]) -> Finding:
    return Finding(
        rule=RULE,
        machines=machines,
        subject=outage.subject,
        level=level,
        text=text,
        value=float(len(outage.lost)),
    )
