"""What it means that nobody is on: a finding, or that nobody could tell."""

from __future__ import annotations

from whotop.core.fleet import Fleet
from whotop.model import MachineState, Readability


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
        return "this machine is watched no longer"
    match machine.state:
        case MachineState.CONNECTING:
            return "cannot tell yet: connecting"
        case MachineState.DOWN:
            return "cannot tell: unreachable"
        case MachineState.NOT_WATCHED:
            return "cannot tell: not watched"
    if machine.sessions_known:
        return "nobody is logged in"
    mends = [status.mend for status in machine.origins if status.readability is Readability.UNREADABLE and status.mend]
    return "cannot tell: no origin of sessions can be read" + (f" ({'; '.join(mends)})" if mends else "")
