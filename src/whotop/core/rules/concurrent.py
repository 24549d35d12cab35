"""Rule ``concurrent``: a user has sessions from several networks open at once.

Teleport and others can forbid it, no monitor has a default. A hop is no second place: addresses and
names of watched machines do not count, nor do the networks of the settings (bastions, VPNs).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from whotop.clock import SECOND_US
from whotop.core.networks import address_of, network_of
from whotop.core.rules.account_tables import ConcurrentTable
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.names import networks_of
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event, Machine, Session

SESSIONS_KEPT = 1_000
"""Of one user; those that began later are not looked at."""
_SOURCES_TOLD = 3


class Presence(msgspec.Struct, frozen=True, gc=False):
    """From where a user is present in one session, and since when."""

    machine: str
    source: str
    login_us: int


class Concurrent(LoginRule[ConcurrentTable]):
    """One alert for each user."""

    names = ("concurrent",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.concurrent)
        self._open: dict[str, dict[bytes, Presence]] = {}
        """By user and session."""
        self._names: dict[str, frozenset[str]] = {}
        """What each watched machine is called as a source."""
        self._hops: Counter[str] = Counter()
        """How many machines are called so."""

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """Whoever comes from there is on the way from elsewhere."""
        host = machine.address.rpartition("@")[2]
        if address_of(host) is None:
            host = host.rpartition(":")[0] or host
        names = frozenset({machine.name, machine.hostname, host.strip("[]")}) - {""}
        if names != self._names.get(machine.name):
            self._forget_names(machine.name)
            self._names[machine.name] = names
            self._hops.update(names)
        return []

    def on_session(self, session: Session, now_us: int) -> list[Alert]:
        """A session is open."""
        if session.source:
            sessions = self._open.setdefault(session.user, {})
            if len(sessions) < SESSIONS_KEPT:
                sessions[session.key] = Presence(session.machine, session.source, session.fleet_login_us)
        return []

    def on_session_end(self, session: Session, now_us: int) -> list[Alert]:
        """A session is over."""
        sessions = self._open.get(session.user)
        if sessions is not None:
            sessions.pop(session.key, None)
            if not sessions:
                del self._open[session.user]
        return []

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Beside what is open now; the session of this login may be over already."""
        sessions = self._open.get(login.user)
        table = self.at(login) if sessions else None
        if table is None or sessions is None or not self._counts(table, login.source):
            return []
        since_us = min(login.fleet_time_us, now_us) - round(table.within_seconds * SECOND_US)
        others = [
            one.source
            for key, one in sessions.items()
            if key != login.session_key and one.login_us >= since_us and self._counts(table, one.source)
        ]
        beside = _elsewhere(login.source, others, table)
        if len(beside) + 1 < table.count:
            return []
        text = f"{login.user} logged in from {login.source} beside {', '.join(beside[:_SOURCES_TOLD])}"
        return self.found(login, table, login.user, text, now_us, len(beside) + 1.0, float(table.count))

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._forget_names(machine)
        for user, sessions in list(self._open.items()):
            left = {key: one for key, one in sessions.items() if one.machine != machine}
            self._open[user] = left
            if not left:
                del self._open[user]

    def _forget_names(self, machine: str) -> None:
        for name in self._names.pop(machine, ()):
            self._hops[name] -= 1
            if not self._hops[name]:
                del self._hops[name]

    def _counts(self, table: ConcurrentTable, source: str) -> bool:
        return source not in self._hops and not networks_of(table.networks).hold(source)


def _elsewhere(source: str, others: Iterable[str], table: ConcurrentTable) -> list[str]:
    """One source of each network that is not this source's.

    Some machines write addresses, others names: the two are not compared, for they may be of one place.
    """
    is_address = address_of(source) is not None
    here = network_of(source, table.ipv4_bits, table.ipv6_bits)
    elsewhere: dict[str, str] = {}
    for other in others:
        network = network_of(other, table.ipv4_bits, table.ipv6_bits)
        if network and network != here and (address_of(other) is not None) == is_address:
            elsewhere.setdefault(network, other)
    return list(elsewhere.values()) if here else []
