"""What it means that nobody is on: a finding, or that nobody could tell."""

from __future__ import annotations

from collections.abc import Container

from whotop.core.check import FAILURE_ORIGINS, SESSION_ORIGINS, mends
from whotop.core.fleet import Fleet
from whotop.model import Machine, MachineState, Origin


def nobody_in_fleet(fleet: Fleet) -> str:
    """For tables of the whole fleet."""
    if not fleet.machines:
        return "no machines yet"
    told = any(machine.sessions_known and fleet.is_up(machine.name) for machine in fleet.machines.values())
    return "nobody is logged in" if told else "cannot tell yet: no machine has said who is on"


def nobody_on_machine(fleet: Fleet, name: str) -> str:
    """For tables of one machine."""
    machine = fleet.machines.get(name)
    if machine is None:
        return "cannot tell: not watched"
    match machine.state:
        case MachineState.CONNECTING:
            return "cannot tell yet: connecting"
        case MachineState.DOWN:
            return "cannot tell: unreachable"
        case MachineState.NOT_WATCHED:
            return "cannot tell: not watched"
    if machine.sessions_known:
        return "nobody is logged in"
    return f"cannot tell: no origin of sessions can be read{_mends(machine, SESSION_ORIGINS)}"


def no_failures_on_machine(fleet: Fleet, name: str) -> str:
    """For a table of one machine's failed logins."""
    machine = fleet.machines.get(name)
    if machine is None:
        return "cannot tell: not watched"
    if machine.failures_known:
        return "no login failed in the last day"
    if machine.state in (MachineState.UP, MachineState.STALE):
        return f"cannot tell: no origin of failed logins can be read{_mends(machine, FAILURE_ORIGINS)}"
    return f"cannot tell: {machine.state.value}"


def no_failures_of_user(fleet: Fleet) -> str:
    """For a table of the failed logins under one name."""
    return no_failures_in_fleet(fleet, " under this name")


def no_failures_in_fleet(fleet: Fleet, whose: str = "") -> str:
    """For a table of the whole fleet's failed logins."""
    if not any(machine.failures_known for machine in fleet.machines.values()):
        return "cannot tell: no machine tells of failed logins"
    return f"no login failed{whose} in the last day"


def _mends(machine: Machine, origins: Container[Origin]) -> str:
    """What would make more readable, in parentheses."""
    ways = mends(machine, origins)
    return f" ({', or '.join(ways)})" if ways else ""
