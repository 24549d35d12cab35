"""An alert: something that a rule found wrong, from when it opened until it resolves."""

from __future__ import annotations

from enum import StrEnum

import msgspec

MACHINES_KEPT = 1_000
_KEY_BYTES = 16
UNTIL_RESOLVED_US = 2**62
"""The end of what has no end before the alert resolves."""


class Level(StrEnum):
    """How much it matters."""

    INFO = "info"
    WARN = "warn"
    HIGH = "high"


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One alert; while it is open there is no other of the same rule, machine and subject."""

    key: bytes
    """Unique in the store, 16 bytes; see ``core.keys``."""
    rule: str
    level: Level
    machine: str
    """Empty when it concerns the fleet, or several machines."""
    subject: str
    """What it is about within the machine: a mount point, a source, a user; may be empty."""
    text: str
    """In words, with the figures: ``cpu 97% over 90%``. Safe text."""
    opened_us: int
    updated_us: int
    resolved_us: int | None = None
    count: int = 1
    value: float | None = None
    limit: float | None = None
    evidence_keys: bytes = b""
    """Keys of the events behind it, end to end, the latest last, at most 100; ``evidence`` takes them apart."""
    late: bool = False
    """It happened while nobody watched."""
    machines: tuple[str, ...] = ()
    """Of an alert over several machines, each once, the first ``MACHINES_KEPT``; ``machine`` is then empty."""
    acknowledged_us: int | None = None
    """When somebody said that they have seen it."""
    acknowledged_by: str = ""
    """Their account on the computer where they said so. Safe text."""
    muted_until_us: int | None = None
    """Until when it is to disturb nobody; ``UNTIL_RESOLVED_US`` for as long as it stands."""

    @property
    def evidence(self) -> tuple[bytes, ...]:
        """Keys of the events behind it, the latest last."""
        keys = self.evidence_keys
        return tuple(keys[start : start + _KEY_BYTES] for start in range(0, len(keys), _KEY_BYTES))

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.resolved_us is None

    @property
    def is_acknowledged(self) -> bool:
        """Whether somebody has seen it."""
        return self.acknowledged_us is not None

    def is_muted(self, now_us: int) -> bool:
        """Whether it is to disturb nobody now."""
        return self.muted_until_us is not None and now_us < self.muted_until_us

    @property
    def where(self) -> str:
        """``db-02``, ``200 machines``, ``fleet``."""
        if self.machine or not self.machines:
            return self.machine or "fleet"
        count = len(self.machines)
        return f"{count:,}{'+' if count == MACHINES_KEPT else ''} machine{'s' * (count != 1)}"

    def concerns(self, machine: str) -> bool:
        """Whether it is about a machine, alone or among others."""
        return machine == self.machine if self.machine else machine in self.machines
