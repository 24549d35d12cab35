"""What a rule is: it is handed the facts that it asks for, and opens, updates and resolves alerts.

A rule asks for a kind of facts by having the method for it: the book calls no method that a rule
does not override. All of them are pure; ``now_us`` is the time at which whotop judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any, ClassVar
from weakref import WeakSet

from whotop.clock import SECOND_US
from whotop.core.locate import Locate, nowhere
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.scoped import Scoped, Table
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, Machine, Origin, Sample, Session


class RuleContext:
    """What all rules share: the settings, the alerts that stand, and what is known of the fleet."""

    def __init__(
        self, settings: RuleSettings, alerts: OpenAlerts, locate: Locate = nowhere, zone: tzinfo = UTC
    ) -> None:
        self.settings, self.alerts, self.locate, self.zone = settings, alerts, locate, zone
        self._intervals_us: dict[str, int] = {}
        self._tags: dict[str, tuple[str, ...]] = {}
        self._scoped: WeakSet[Scoped[Any]] = WeakSet()
        """Those of rules that judge; a rule that other settings have replaced is gone, and its own with it."""

    def scoped(self, table: Table) -> Scoped[Table]:
        """A rule's settings, place by place."""
        scoped = Scoped(table, self._tags)
        self._scoped.add(scoped)
        return scoped

    def interval_us(self, machine: str) -> int:
        """How often a machine is asked, where that is known; else 0."""
        return self._intervals_us.get(machine, 0)

    def meet(self, machine: Machine) -> None:
        """A machine is as this row says."""
        self._intervals_us[machine.name] = round(machine.interval_seconds * SECOND_US)
        if self._tags.get(machine.name, ()) != machine.tags:
            self._tags[machine.name] = machine.tags
            self._refit(machine.name)

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._intervals_us.pop(machine, None)
        self._tags.pop(machine, None)
        self._refit(machine)

    def _refit(self, machine: str) -> None:
        for scoped in self._scoped:
            scoped.forget(machine)


class Rule:
    """One rule, or a few that share what they remember."""

    names: ClassVar[tuple[str, ...]] = ()
    """What its alerts are called; each has a table of that name in ``RuleSettings``."""

    def __init__(self, context: RuleContext) -> None:
        self.alerts = context.alerts

    # --- logins; history is only ever learned from -----------------------------------------------

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login, live or late, once those before it have come. It may be without a source."""
        return []

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A failed login, live or late."""
        return []

    def needs_logins_since_us(self, now_us: int) -> int:
        """From when on the logins before a start are asked for through ``known_login``; by default none."""
        return now_us

    def known_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login, live or late, that was judged before whotop was started: to be remembered, not judged."""
        return []

    def known_failure(self, failure: Event, now_us: int) -> None:
        """A failed login that was judged before whotop was started, or is history: as above."""

    def learn(self, login: Event) -> None:
        """A login of the past, read at a first contact or imported."""

    def on_session(self, session: Session, now_us: int) -> list[Alert]:
        """A session is open: it has begun, is better known, or was restored. Called again and again."""
        return []

    def on_session_end(self, session: Session, now_us: int) -> list[Alert]:
        """A session is over."""
        return []

    # --- machines --------------------------------------------------------------------------------

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """A machine's row has changed. Machines known from the store come first, as they were."""
        return []

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """A new sample."""
        return []

    def on_boot(self, boot: Event, now_us: int) -> list[Alert]:
        """A boot record, live or late."""
        return []

    def on_log_cleared(self, event: Event, now_us: int) -> list[Alert]:
        """A record, live or late, that says that a log was cleared."""
        return []

    def on_rewritten(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """An origin of records was shrunk or rewritten; ``late`` when that happened while nobody watched."""
        return []

    def on_erased(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """Records within an origin were erased."""
        return []

    # --- time and memory -------------------------------------------------------------------------

    def tick(self, now_us: int) -> list[Alert]:
        """Time has passed; called about once a second."""
        return []

    def forget(self, machine: str) -> None:
        """A machine is watched no longer. The book resolves the alerts about it."""

    def needs_failures_since_us(self, now_us: int) -> int:
        """From when on this rule needs to be told again of failures that were judged before a start."""
        return now_us

    def state(self) -> Mapping[tuple[str, str], object]:
        """What must outlive this process and has changed since it was last asked for.

        By rule and subject, in values that JSON can hold; None for what need not be known any more.
        """
        return {}

    def restore_state(self, rule: str, subject: str, state: object) -> None:
        """Take up what ``state`` once gave under one of this rule's names. It may be of an older version.

        Called again when machines are taken over from another process: what is known already stays.
        """
