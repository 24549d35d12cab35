"""Rules ``failed`` and ``guessed``: one source fails to log in again and again, and then it does not.

``failed`` opens at the fifth failure of a source on one machine within ten minutes, as fail2ban's
jail.conf has it (maxretry 5, findtime 10m), or at the twentieth on all machines together; it grows,
and resolves when ten minutes pass without one. However many machines a source tries, it is one
alert: of the machine while there is only one, of all of them from then on. Where rule ``spraying``
tells of a source, its alert is the one. ``guessed`` is told by ``Guessed``, from what is remembered
here.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.attacks import Attack, Attacker, Attacks, attacker_of
from whotop.core.rules.failure_words import machine_words, source_words, user_words
from whotop.core.rules.findings import Finding, about_machines
from whotop.core.rules.guessed import GUESSED, Guessed
from whotop.core.rules.login_tables import FailedTable
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Event, Level

RULE = "failed"
SOURCES_TOLD, FLEET_SOURCES_TOLD = 100, 1_000
"""Of one machine, of several; one more alert stands for all further sources: a flood of them hides nothing else."""
OTHERS = "(others)"
WIDER = "spraying"
"""The rule that tells of the same failures as an attack on many users or machines: what it tells is told once."""
_EXACT_UNTIL = 10
"""Up to so many failures, and machines, each one is told; beyond, each quarter more, and what is left after"""
_TELL_AFTER_US = 10 * SECOND_US


class FailedLogins(Rule):
    """Follows the sources that fail."""

    names = (RULE, GUESSED)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        failed, guessed = context.settings.failed, context.settings.guessed
        self._settings = context.scoped(failed)
        self._everywhere = None if failed.scopes else failed
        self._about, self._wider = context.alerts.about(RULE), context.alerts.about(WIDER)
        self._within_us = round(failed.within_seconds * SECOND_US)
        self._kept_us = max(self._within_us, round(guessed.within_seconds * SECOND_US))
        self.attacks = Attacks(max(failed.fleet_count, guessed.fleet_count), self._kept_us, self._is_told)
        self._guessed = Guessed(context)
        self._others_us: dict[str, int] = {}
        """When a source that has no alert of its own failed last, by the machine that the alert for all is about."""

    def known_failure(self, failure: Event, now_us: int) -> None:
        """Take up a failure that was judged before whotop was started."""
        self._follow(attacker_of(failure.machine, failure.source), failure, now_us)

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A login failed."""
        attacker = attacker_of(failure.machine, failure.source)
        attack = self._follow(attacker, failure, now_us)
        attack.fresh += 1
        settings = self._everywhere or self._settings.at(failure.machine, failure.user, failure.source)
        if not settings.on:
            return []
        standing = self._standing(attacker)
        if failure.source in self._wider:
            return [] if standing is None else self.alerts.folded(standing, f"goes on as {WIDER}", now_us)
        if standing is None:
            return self._begin(attacker, attack, failure, settings, now_us)
        self.attacks.adopt(attack, standing)
        return self._tell(attacker, attack, settings, now_us) if _is_news(attack) else []

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login succeeded; it comes once the failures before it have come. Most sources have not failed."""
        attack = self.attacks.of(login.machine, login.source)
        return [] if attack is None else self._guessed.judge(login, attack, now_us)

    def tick(self, now_us: int) -> list[Alert]:
        """Tell what is untold, and resolve what is over; the last words are the exact ones."""
        changed = self._guessed.tick(now_us)
        for alert in self.alerts.of_rule(RULE):
            attacker = attacker_of(alert.machine, alert.subject)
            attack = self.attacks.get(attacker)
            is_over = self._last_us(alert, attack) < now_us - self._within_us
            is_due = attack is not None and (is_over or attack.told_us + _TELL_AFTER_US <= now_us)
            if attack is not None and is_due and 0 < attack.told_count < attack.count:
                changed += self._tell(attacker, attack, self._settings.at("", "", alert.subject), now_us)
            if is_over:
                changed += self._resolve(self._standing(attacker) or alert, now_us)
        self.attacks.expire(now_us - self._kept_us)
        return changed

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self.attacks.forget(machine)
        self._others_us.pop(machine, None)

    def _follow(self, attacker: Attacker, failure: Event, now_us: int) -> Attack:
        """The attack that a failure belongs to, with it."""
        time_us = failure.time_us - failure.skew_us
        return self.attacks.add(attacker, failure, time_us if time_us < now_us else now_us)

    def _standing(self, attacker: Attacker) -> Alert | None:
        machine, source = attacker
        return self.alerts.get(RULE, machine, source) if machine else self._about.get(source)

    def _is_told(self, attacker: Attacker) -> bool:
        return self._standing(attacker) is not None

    def _last_us(self, alert: Alert, attack: Attack | None) -> int:
        if attack is not None:
            return attack.last_us
        return self._others_us.get(alert.machine, alert.updated_us) if alert.subject == OTHERS else alert.updated_us

    def _resolve(self, alert: Alert, now_us: int) -> list[Alert]:
        return self.alerts.over(RULE, alert.machine, alert.subject, now_us)

    def _begin(
        self, attacker: Attacker, attack: Attack, failure: Event, settings: FailedTable, now_us: int
    ) -> list[Alert]:
        """Open the alert, if these are enough failures for one."""
        from_us = attack.last_us - self._within_us
        fleet_count = max(settings.count, settings.fleet_count)
        if not attack.has_failed(settings.count, fleet_count, failure.machine, from_us, now_us):
            return []
        machine = failure.machine if len(attack.of_machine) == 1 else ""
        if self.alerts.count(RULE, machine) >= (SOURCES_TOLD if machine else FLEET_SOURCES_TOLD):
            self._others_us[machine] = attack.last_us
            return self.alerts.found(_too_many(machine), now_us)
        before = self.alerts.lately(RULE, machine, failure.source, now_us)
        if before is None and not attacker[0]:
            before = self.alerts.lately(RULE, "", failure.source, now_us)
        if before is not None:
            self.attacks.adopt(attack, before)
        return self._tell(attacker, attack, settings, now_us)

    def _tell(self, attacker: Attacker, attack: Attack, settings: FailedTable, now_us: int) -> list[Alert]:
        source = attacker[1]
        machine, machines = about_machines(attack.of_machine)
        finding = Finding(
            rule=RULE,
            machine=machine,
            machines=machines,
            subject=source,
            level=Level.HIGH if attack.count >= settings.high_count else Level.WARN,
            text=f"{attack.count:,} failed logins from {source_words(source)}"
            f"{machine_words(machines)}{user_words(attack.users)}",
            count=attack.count,
            value=float(attack.count),
            limit=float(settings.count),
            evidence_keys=bytes(attack.evidence),
            late=attack.is_late,
            opened_us=attack.last_us,
        )
        standing = self._standing(attacker)
        changed = self.alerts.found(finding, now_us, standing)
        attack.told_by = changed[0].key if changed else attack.told_by
        attack.told_count, attack.told_machines, attack.told_us = attack.count, len(attack.of_machine), now_us
        return changed


def _is_news(attack: Attack) -> bool:
    """Whether the alert has something to say: exactly at first, by quarters later."""
    more, machines = attack.count - attack.told_count, len(attack.of_machine) - attack.told_machines
    return more >= _step(attack.told_count) or machines >= _step(attack.told_machines)


def _step(told: int) -> int:
    return 1 if told < _EXACT_UNTIL else told // 4


def _too_many(machine: str) -> Finding:
    many = SOURCES_TOLD if machine else FLEET_SOURCES_TOLD
    text = f"failed logins from more than {many:,} sources"
    return Finding(rule=RULE, machine=machine, subject=OTHERS, level=Level.HIGH, text=text)
