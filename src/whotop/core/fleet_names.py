"""The names that a fleet in memory knows, and the last login of each."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.core.failure_book import OTHERS
from whotop.core.fleet import Fleet
from whotop.core.names import KnownName, NameKind, best_names
from whotop.model import Session

_NO_NAMES = frozenset({"", OTHERS})


def fleet_names_like(fleet: Fleet, text: str, kind: NameKind, limit: int) -> list[KnownName]:
    """At most ``limit`` names in which ``text`` occurs in either case, those that begin with it first."""
    there, tried = _there(fleet, kind), _tried(fleet, kind)
    names = best_names((there | tried) - _NO_NAMES, text, limit, only_tried=tried - there)
    return [KnownName(kind, name, _last_login_us(fleet, kind, name)) for name in names]


def sessions_by_name(fleet: Fleet, kind: NameKind, name: str) -> Iterable[Session]:
    """The open sessions on that machine, of that user, or from that source."""
    match kind:
        case NameKind.MACHINE:
            return fleet.sessions_of_machine.get(name, {}).values()
        case NameKind.USER:
            return fleet.sessions_of_user.get(name, {}).values()
        case NameKind.SOURCE:
            return (session for session in fleet.sessions.values() if session.source == name)


def _there(fleet: Fleet, kind: NameKind) -> set[str]:
    match kind:
        case NameKind.MACHINE:
            return set(fleet.machines)
        case NameKind.USER:
            return set(fleet.sessions_of_user)
        case NameKind.SOURCE:
            return {session.source for session in fleet.sessions.values()}


def _tried(fleet: Fleet, kind: NameKind) -> set[str]:
    match kind:
        case NameKind.MACHINE:
            return set()
        case NameKind.USER:
            return {key.user for key in fleet.failures.all}
        case NameKind.SOURCE:
            return {key.source for key in fleet.failures.all}


def _last_login_us(fleet: Fleet, kind: NameKind, name: str) -> int:
    last = fleet.last_logins.get(name) if kind is NameKind.MACHINE else None
    sessions = sessions_by_name(fleet, kind, name) if last is None else [last]
    return max((session.fleet_login_us for session in sessions), default=0)
