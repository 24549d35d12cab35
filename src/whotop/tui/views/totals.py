"""The fleet in a few numbers: what the status line says."""

from __future__ import annotations

from dataclasses import dataclass

from whotop.core.fleet import Fleet
from whotop.model import Level, MachineState


@dataclass(frozen=True, slots=True)
class Totals:
    """Sessions and users are those that count: of machines that are up."""

    machines: int = 0
    up: int = 0
    connecting: int = 0
    sessions: int = 0
    users: int = 0
    alerts: int = 0
    worst: Level | None = None
    """The gravest level among open alerts."""


_GRAVITY = (Level.HIGH, Level.WARN, Level.INFO)


def totals_of(fleet: Fleet) -> Totals:
    """Count once through everything."""
    states = [machine.state for machine in fleet.machines.values()]
    sessions, users = 0, set()
    for session in fleet.counted():
        sessions += 1
        users.add(session.user)
    levels = {alert.level for alert in fleet.alerts.values() if alert.is_open}
    return Totals(
        machines=len(states),
        up=states.count(MachineState.UP),
        connecting=states.count(MachineState.CONNECTING),
        sessions=sessions,
        users=len(users),
        alerts=sum(1 for alert in fleet.alerts.values() if alert.is_open),
        worst=next((level for level in _GRAVITY if level in levels), None),
    )
