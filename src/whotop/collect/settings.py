"""What the collector may be told: files, secrets, limits and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectSettings:
    """The defaults hold for fleets of any size; tests shorten the times."""

    own_known_hosts: Path
    """Where ``accept-new`` records keys."""
    ssh_config_files: tuple[Path, ...] = (Path("~/.ssh/config"), Path("/etc/ssh/ssh_config"))
    """The first value of an option counts."""
    passphrases: Mapping[Path, str] = field(default_factory=dict, repr=False)
    """Of encrypted keys, by their file (``passphrases.keys_needing_passphrase``)."""
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the machine's name."""
    reaching: int = 64
    """Machines that are being reached at once, until their key exchange is done."""
    exchanging: int = 4
    """Key exchanges at once: more are no faster and stall the screen (at 64 by 168 ms, at 4 by 6 ms)."""
    through_jump: int = 8
    """Machines that are being reached at once through one jump host (sshd's MaxStartups begins at 10)."""
    reach_seconds: float = 8.0
    """Until the machine's first byte."""
    exchange_seconds: float = 8.0
    login_seconds: float = 30.0
    hello_seconds: float = 20.0
    """From the start of the probe to its hello: a slow machine starts Python in seconds."""
    keepalive_seconds: float = 5.0
    """A dead link is found within three of them, or of 1.2 intervals of the machine's samples, if that is more."""
    first_delay_seconds: float = 1.0
    slowest_delay_seconds: float = 60.0
    interval_seconds: float | None = None
    """How often machines are asked, whatever their targets say."""
    tick_ms: int = 250
    """How often a probe looks at session files and records."""
    history_bytes: int = 7_680_000
    """Of login records at a first contact: 20,000 of 384 bytes. 0 where nobody asks for the past."""
