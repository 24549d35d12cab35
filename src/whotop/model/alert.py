"""An alert: something that a rule found wrong, from when it opened until it resolves."""

from __future__ import annotations

from enum import StrEnum

import msgspec


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
    """Empty when it concerns the fleet."""
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
    evidence: tuple[bytes, ...] = ()
    """Keys of the events behind it, the latest last, at most 100."""
    late: bool = False
    """It happened while nobody watched."""

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.resolved_us is None
