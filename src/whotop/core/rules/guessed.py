"""Rule ``guessed``: a source logs in after it has failed again and again.

Five failures on the same machine within ten minutes, as Sentinel's (cf3ede88) and Elastic's
(4e85dc8a) rules ask for; or twenty on all machines together, for who learns a password on one uses
it on another. All machines that one source gets into are one alert, which stands for an hour.
"""

from __future__ import annotations

import msgspec

from whotop.clock import SECOND_US
from whotop.core.rules.attacks import USERS_KEPT, Attack, Attacker, attacker_of
from whotop.core.rules.evidence import Evidence
from whotop.core.rules.failure_words import machine_words, source_words, user_words
from whotop.core.rules.findings import Finding, about_machines
from whotop.core.rules.login_tables import GuessedTable
from whotop.core.rules.rule import RuleContext
from whotop.core.rules.standing import resolve_ripe
from whotop.model import Alert, Event, Standing

GUESSED = "guessed"


class Entry(msgspec.Struct):
    """What one source has got into while its alert stands."""

    logins: int = 0
    users: set[str] = msgspec.field(default_factory=set)
    machines: dict[str, None] = msgspec.field(default_factory=dict)
    evidence: Evidence = msgspec.field(default_factory=Evidence)


class Guessed:
    """Judges logins by what their sources have failed at."""

    def __init__(self, context: RuleContext) -> None:
        self._alerts = context.alerts
        self._settings = context.scoped(context.settings.guessed)
        self._within_us = round(context.settings.guessed.within_seconds * SECOND_US)
        self._entries: dict[Attacker, Entry] = {}

    def judge(self, login: Event, attack: Attack, now_us: int) -> list[Alert]:
        """A login, once the failures of its source before it have come."""
        settings = self._settings.at(login.machine, login.user, login.source)
        until_us = min(login.fleet_time_us, now_us)
        from_us = until_us - self._within_us
        fleet_count = max(settings.count, settings.fleet_count)
        if not settings.on or not attack.has_failed(settings.count, fleet_count, login.machine, from_us, until_us):
            return []
        on_machine = attack.within(from_us, until_us, login.machine)
        failures = on_machine if on_machine >= settings.count else attack.within(from_us, until_us)
        return self._found(attacker_of(login.machine, login.source), attack, login, failures, settings, now_us)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what has stood long enough."""
        resolved = resolve_ripe(self._alerts, GUESSED, self._stands_us, now_us)
        for alert in resolved:
            self._entries.pop(attacker_of(alert.machine, alert.subject), None)
        return resolved

    def _stands_us(self, alert: Alert) -> int:
        return round(self._settings.at(alert.machine, "", alert.subject).stands_seconds * SECOND_US)

    def _found(
        self, attacker: Attacker, attack: Attack, login: Event, failures: int, settings: GuessedTable, now_us: int
    ) -> list[Alert]:
        machine, source = attacker
        standing = self._alerts.get(GUESSED, machine, source) if machine else self._alerts.about(GUESSED).get(source)
        entry = self._entry(attacker, standing)
        entry.logins += 1
        if len(entry.users) < USERS_KEPT:
            entry.users.add(login.user)
        entry.machines[login.machine] = None
        if not entry.evidence:
            entry.evidence.extend(attack.evidence)
        entry.evidence.add(login.key)
        on_machine, on_machines = about_machines(entry.machines)
        finding = Finding(
            rule=GUESSED,
            machine=on_machine,
            machines=on_machines,
            subject=source,
            level=settings.level,
            text=_text(entry, failures, source),
            count=entry.logins,
            value=float(failures),
            limit=float(settings.count),
            evidence_keys=bytes(entry.evidence),
            late=login.standing is Standing.LATE,
            opened_us=min(login.fleet_time_us, now_us),
            comes_back=False,
        )
        return self._alerts.found(finding, now_us, standing)

    def _entry(self, attacker: Attacker, standing: Alert | None) -> Entry:
        """What the source has got into before; after a restart, what its alert tells of that."""
        entry = self._entries.get(attacker)
        if entry is None or standing is None:
            entry = self._entries[attacker] = Entry()
            if standing is not None:
                entry.logins, entry.evidence = standing.count, Evidence(standing.evidence_keys)
                entry.machines = dict.fromkeys(standing.machines or (standing.machine,))
        return entry


def _text(entry: Entry, failures: int, source: str) -> str:
    what = "login" if entry.logins == 1 else f"{entry.logins:,} logins"
    where = machine_words(entry.machines)
    return f"{what}{where}{user_words(entry.users)} after {failures:,} failures from {source_words(source)}"
