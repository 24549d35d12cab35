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
    """Open ones that are not muted."""
    muted: int = 0
    worst: Level | None = None
    """The gravest level among those that are not muted."""


_GRAVITY = (Level.HIGH, Level.WARN, Level.INFO)


def totals_of(fleet: Fleet, now_us: int) -> Totals:
    """Count once through everything."""
    states = [machine.state for machine in fleet.machines.values()]
    sessions, users = 0, set()
    for session in fleet.counted():
        sessions += 1
        users.add(session.user)
    standing = [alert for alert in fleet.alerts.values() if alert.is_open]
    loud = [alert for alert in standing if not alert.is_muted(now_us)]
    levels = {alert.level for alert in loud}
    return Totals(
        machines=len(states),
        up=states.count(MachineState.UP),
        connecting=states.count(MachineState.CONNECTING),
        sessions=sessions,
        users=len(users),
        alerts=len(loud),
        muted=len(standing) - len(loud),
        worst=next((level for level in _GRAVITY if level in levels), None),
    )
