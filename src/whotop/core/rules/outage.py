"""An outage: machines that are lost at once, told as one alert."""

from __future__ import annotations

from collections.abc import Collection

from whotop.clock import SECOND_US
from whotop.model import Alert, Level, Machine, MachineState

_EXACT_UNTIL = 10
"""Of so few machines each one that is lost or found is told; of more each quarter, and what is left after"""
_TELL_AFTER_US = 10 * SECOND_US


class Outage:
    """Machines lost together, and which of them still are."""

    def __init__(self, subject: str, now_us: int) -> None:
        self.subject = subject
        """The machine that was lost first: what tells outages apart."""
        self.members: dict[str, None] = {}
        """Every machine that was lost with it, found again or not."""
        self.lost: dict[str, tuple[bool, str, str]] = {}
        """Those that still are: whether it is down, its jump host, why."""
        self.grown_us = now_us
        """When the last one was lost."""
        self._down = 0
        self._told, self._told_us = 0, now_us

    @classmethod
    def of_alert(cls, alert: Alert) -> Outage:
        """What the store's alert tells of one."""
        outage = cls(alert.subject, alert.updated_us)
        outage.members = dict.fromkeys(alert.machines)
        is_down = alert.level is Level.HIGH
        outage.lost = dict.fromkeys(alert.machines, (is_down, "", ""))
        outage._down = len(outage.lost) if is_down else 0
        outage._told = len(outage.lost)
        return outage

    def lose(self, machine: Machine, now_us: int) -> None:
        """A machine is lost too, or in another way."""
        if machine.name not in self.lost:
            self.grown_us = now_us
        self.find(machine.name)
        is_down = machine.state is MachineState.DOWN
        self.members[machine.name] = None
        self.lost[machine.name] = (is_down, machine.jump, machine.reason)
        self._down += is_down

    def find(self, name: str) -> None:
        """A machine is heard again, or watched no longer."""
        was_down, _, _ = self.lost.pop(name, (False, "", ""))
        self._down -= was_down

    def is_news(self, now_us: int) -> bool:
        """Whether it is worth telling how many machines are lost now, and why."""
        if self._told_us + _TELL_AFTER_US <= now_us:
            return True
        return abs(len(self.lost) - self._told) >= (1 if self._told < _EXACT_UNTIL else self._told // 4)

    def told(self, now_us: int) -> None:
        """It has been told."""
        self._told, self._told_us = len(self.lost), now_us

    @property
    def level(self) -> Level:
        """High as soon as one of them is down."""
        return Level.HIGH if self._down else Level.WARN

    def words(self) -> str:
        """``40 machines unreachable, all behind bastion: connection refused``."""
        many = f"{len(self.lost):,}" + (f" of {len(self.members):,}" if len(self.lost) < len(self.members) else "")
        what = "unreachable" if self.level is Level.HIGH else "stale"
        jump = _only({jump for _, jump, _ in self.lost.values()})
        reason = _only({reason for _, _, reason in self.lost.values()})
        behind = f", all behind {jump}" if jump else ""
        return f"{many} machines {what}{behind}" + (f": {reason}" if reason else "")

    def last_words(self) -> str:
        """What is said when all of them are heard again."""
        return f"{len(self.members):,} machines were unreachable"


def _only(texts: Collection[str]) -> str:
    return next(iter(texts)) if len(texts) == 1 else ""
