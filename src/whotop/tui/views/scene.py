"""The scene: what every view looks at, and the time at which it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from whotop.clock import SECOND_US, Clock
from whotop.core.fleet import Fleet
from whotop.core.idle import idle_seconds
from whotop.model import Machine, MachineState, Session
from whotop.text import age
from whotop.tui.options import Limits


@dataclass(slots=True)
class Scene:
    """The fleet as it is shown. While ``paused_us`` is set, time stands still there."""

    fleet: Fleet
    clock: Clock
    zone: tzinfo
    limits: Limits
    paused_us: int | None = None

    def now_us(self) -> int:
        """The time that ages count to."""
        return self.clock.now_us() if self.paused_us is None else self.paused_us

    def age(self, time_us: int) -> str:
        """How long ago, in one unit: ``4m``; ``–`` when never."""
        return age((self.now_us() - time_us) / SECOND_US) if time_us else "–"

    def idle_seconds(self, session: Session) -> float | None:
        """How long its terminal has had no input; ``None`` where nobody can tell."""
        sample = self.fleet.samples.get(session.machine)
        if sample is None:
            return None
        return idle_seconds(session, sample, self.now_us() if self.fleet.is_up(session.machine) else sample.time_us)

    def idle(self, session: Session) -> str:
        """``idle_seconds`` in one unit, ``–`` where nobody can tell."""
        seconds = self.idle_seconds(session)
        return "–" if seconds is None else age(seconds)


def seen_us(machine: Machine) -> int:
    """Since when we know nothing newer of it: its last good sample, else its last change of state."""
    return machine.last_sample_us or machine.state_since_us


def is_seen(machine: Machine | None) -> bool:
    """Whether its figures are worth showing: it is up, or only just went quiet."""
    return machine is not None and machine.state in (MachineState.UP, MachineState.STALE)
