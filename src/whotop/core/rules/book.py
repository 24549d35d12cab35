"""The book of rules: hands every fact to the rules that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import UTC, tzinfo
from typing import Any, Concatenate, ParamSpec, TypeVar

from whotop.clock import SECOND_US
from whotop.core.alert_marks import Mark
from whotop.core.locate import Locate, nowhere
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.registry import RULES
from whotop.core.rules.rule import Rule, RuleContext
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, Machine, Origin, Sample, Session, Standing

_HISTORY = Standing.HISTORY
_Facts = ParamSpec("_Facts")
_Answer = TypeVar("_Answer")
StateKey = tuple[str, str]
"""Rule and subject."""


class RuleBook:
    """All rules over the whole fleet. Every method gives the alerts that it opened, updated or resolved.

    An alert is updated only where its words or its level change, not on every poll. History never
    alerts, but rules may learn from it; what happened while nobody watched alerts once, marked
    ``late``. ``restored`` are alerts of the store: those that are open, and those that resolved so
    short a time ago that they may come back; ``locate`` and ``zone`` are of the rules that ask where
    sources are, and what time it is there.
    """

    def __init__(
        self,
        settings: RuleSettings,
        restored: Iterable[Alert] = (),
        locate: Locate = nowhere,
        zone: tzinfo = UTC,
    ) -> None:
        self._alerts = OpenAlerts(restored, round(settings.reopen_seconds * SECOND_US))
        self._context = RuleContext(settings, self._alerts, locate, zone)
        self._on = _names_of_rules_that_are_on(settings)
        self._may_hold_others = True
        """Whether alerts may stand of rules that are off."""
        self._ask(rule(self._context) for rule in RULES if not self._on.isdisjoint(rule.names))

    def _ask(self, rules: Iterable[Rule]) -> None:
        """Have these judge, and no others."""
        self._rules = tuple(rules)
        self._rule_named = {name: rule for rule in self._rules for name in rule.names}
        self._login = self._asked(Rule.on_login)
        self._failed_login = self._asked(Rule.on_failed_login)
        self._known_login = self._asked(Rule.known_login)
        self._known_failure = self._asked(Rule.known_failure)
        self._learn = self._asked(Rule.learn)
        self._session = self._asked(Rule.on_session)
        self._session_end = self._asked(Rule.on_session_end)
        self._machine = self._asked(Rule.on_machine)
        self._sample = self._asked(Rule.on_sample)
        self._tick = self._asked(Rule.tick)

    def _asked(self, method: Callable[Concatenate[Any, _Facts], _Answer]) -> tuple[Callable[_Facts, _Answer], ...]:
        """That method of all rules that have one of their own, ready to be called."""
        name = method.__name__
        return tuple(getattr(rule, name) for rule in self._rules if getattr(type(rule), name) is not method)

    def settle(self, settings: RuleSettings, locate: Locate, zone: tzinfo) -> tuple[RuleBook, dict[StateKey, object]]:
        """Judge by these settings from now on. Rules whose own are the same go on as they are.

        Gives the rules that are made anew, as a book over the same alerts, to be told what they would be
        told at a start; and what those that they replace had not said yet of what must outlive them.
        Alerts of rules that are off now resolve with the next ``tick``.
        """
        before, self._on = self._context.settings, _names_of_rules_that_are_on(settings)
        self._context.settings, self._context.locate, self._context.zone = settings, locate, zone
        self._alerts.reopen_within(round(settings.reopen_seconds * SECOND_US))
        self._may_hold_others = True
        kept = {type(rule): rule for rule in self._rules if _is_the_same(type(rule), before, settings)}
        wanted = [rule for rule in RULES if not self._on.isdisjoint(rule.names)]
        unsaid = {key: state for rule in self._rules if type(rule) not in kept for key, state in rule.state().items()}
        made = {rule: rule(self._context) for rule in wanted if rule not in kept}
        self._ask(kept.get(rule) or made[rule] for rule in wanted)
        newcomers = copy(self)
        newcomers._ask(made.values())
        return newcomers, unsaid

    # --- what outlives this process --------------------------------------------------------------

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Take up alerts of machines that are new here, as the store has them."""
        self._alerts.restore(alerts)
        self._may_hold_others = True

    def state(self) -> dict[StateKey, object]:
        """What rules must remember besides their alerts, by rule and subject: what has changed since the last call.

        None for what is to be forgotten.
        """
        return {key: state for rule in self._rules for key, state in rule.state().items()}

    def restore_state(self, states: Mapping[StateKey, object]) -> None:
        """Take up what ``state`` gave before; what belongs to no rule of now is left alone."""
        for (name, subject), state in states.items():
            rule = self._rule_named.get(name)
            if rule is not None:
                rule.restore_state(name, subject, state)

    def mark(self, mark: Mark) -> Alert | None:
        """What somebody says of an alert: the alert as marked, None where it stands no longer."""
        return self._alerts.mark(mark)

    def needs_logins_since_us(self, now_us: int) -> int:
        """From when on rules need to be told again of logins that were judged before a start."""
        return min((rule.needs_logins_since_us(now_us) for rule in self._rules), default=now_us)

    def known_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login that was judged before whotop was started: others may yet come to it."""
        if login.standing is _HISTORY:
            return []
        return [alert for know in self._known_login for alert in know(login, now_us)]

    def known_failure(self, failure: Event, now_us: int) -> None:
        """A failed login that was judged before whotop was started: a login after it may yet come."""
        for know in self._known_failure:
            know(failure, now_us)

    def needs_failures_since_us(self, now_us: int) -> int:
        """From when on rules need to be told again of failures that were judged before a start."""
        return min((rule.needs_failures_since_us(now_us) for rule in self._rules), default=now_us)

    def has_to_learn(self, states: Iterable[StateKey]) -> bool:
        """Whether a rule that learns from history is not among those that remember something."""
        remember = {rule for rule, _ in states}
        return any(remember.isdisjoint(rule.names) for rule in self._rules if type(rule).learn is not Rule.learn)

    def learn(self, login: Event) -> None:
        """A login of the past."""
        for learn in self._learn:
            learn(login)

    # --- facts -----------------------------------------------------------------------------------

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """An accepted login, released by the hold-back."""
        if login.standing is _HISTORY:
            self.learn(login)
            return []
        changed: list[Alert] = []
        for judge in self._login:
            if found := judge(login, now_us):
                changed += found
        return changed

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A login failed; each is told once."""
        if failure.standing is _HISTORY:
            return []
        changed: list[Alert] = []
        for judge in self._failed_login:
            if found := judge(failure, now_us):
                changed += found
        return changed

    def on_session(self, session: Session, now_us: int) -> list[Alert]:
        """A session is open, as it stands now; one that has ended comes through ``on_session_end``."""
        return [alert for judge in self._session for alert in judge(session, now_us)]

    def on_session_end(self, session: Session, now_us: int) -> list[Alert]:
        """A session is over."""
        return [alert for judge in self._session_end for alert in judge(session, now_us)]

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """A machine's row has changed. Machines known from the store come first, as they were."""
        self._context.meet(machine)
        return [alert for judge in self._machine for alert in judge(machine, now_us)]

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """A new sample."""
        changed: list[Alert] = []
        for judge in self._sample:
            if found := judge(sample, now_us):
                changed += found
        return changed

    def on_boot(self, boot: Event, now_us: int) -> list[Alert]:
        """A boot record."""
        if boot.standing is _HISTORY:
            return []
        return [alert for rule in self._rules for alert in rule.on_boot(boot, now_us)]

    def on_log_cleared(self, event: Event, now_us: int) -> list[Alert]:
        """A record that says that a log was cleared."""
        if event.standing is _HISTORY:
            return []
        return [alert for rule in self._rules for alert in rule.on_log_cleared(event, now_us)]

    def on_rewritten(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """An origin of records was shrunk or rewritten."""
        return [alert for rule in self._rules for alert in rule.on_rewritten(machine, origin, now_us, late=late)]

    def on_erased(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """Records were erased."""
        return [alert for rule in self._rules for alert in rule.on_erased(machine, origin, now_us, late=late)]

    def tick(self, now_us: int) -> list[Alert]:
        """Time has passed; to be called about once a second."""
        changed = self._of_rules_that_are_off(now_us) if self._may_hold_others else []
        for tick in self._tick:
            changed += tick(now_us)
        return changed

    def forget(self, machine: str, now_us: int) -> list[Alert]:
        """A machine is watched no longer: what stood about it is over."""
        self._context.forget(machine)
        for rule in self._rules:
            rule.forget(machine)
        return [
            done
            for alert in self._alerts.of_machine(machine)
            for done in self._alerts.over(alert.rule, machine, alert.subject, now_us)
        ]

    def _of_rules_that_are_off(self, now_us: int) -> list[Alert]:
        """Resolve what the store had of rules that judge no longer."""
        self._may_hold_others = False
        stale = [alert for alert in self._alerts.all() if alert.rule not in self._on]
        return [done for alert in stale for done in self._alerts.over(alert.rule, alert.machine, alert.subject, now_us)]


def _names_of_rules_that_are_on(settings: RuleSettings) -> frozenset[str]:
    return frozenset(name for name, table in settings.tables().items() if table.is_on_somewhere)


def _is_the_same(rule: type[Rule], before: RuleSettings, after: RuleSettings) -> bool:
    """Whether nothing that a rule is told has changed."""
    return all(getattr(before, name) == getattr(after, name) for name in rule.names)
