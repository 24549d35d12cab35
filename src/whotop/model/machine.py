"""A machine: what is watched, and how well we see it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from whotop.model.event import Origin


class MachineState(StrEnum):
    """connecting → up → stale (two missed intervals) → down (three, or a lost connection)."""

    CONNECTING = "connecting"
    UP = "up"
    STALE = "stale"
    DOWN = "down"
    NOT_WATCHED = "not watched"
    """Nobody polls it at the moment shown (a follower whose writer has ended)."""


class Trouble(StrEnum):
    """At which step a connection failed."""

    UNREACHABLE = "unreachable"
    HOST_KEY = "host key"
    AUTHENTICATION = "authentication"
    PROBE = "probe"
    PROTOCOL = "protocol"


class Readability(StrEnum):
    """What the probe found out about an origin."""

    READABLE = "readable"
    UNREADABLE = "unreadable"
    ABSENT = "absent"


class OriginStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One origin on one machine."""

    origin: Origin
    path: str
    readability: Readability
    mend: str = ""
    """What would make it readable: the group to join, or ``sudo = true``."""
    used: bool = False
    """Whether anything is taken from it: not everything that can be read needs to be."""
    corrupt: bool = False
    """Whether most of what was last read of it makes no sense as records."""


class Machine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One machine as the fleet shows it. Its sessions and samples are kept beside it."""

    name: str
    address: str
    """``user@host:port`` as far as it was given."""
    tags: tuple[str, ...] = ()
    state: MachineState = MachineState.CONNECTING
    state_since_us: int = 0
    reason: str = ""
    """Why it is not up, in one line; safe text."""
    trouble: Trouble | None = None
    """What kind of trouble the last connection ended with; None before the first, and while it is well."""
    last_sample_us: int = 0
    """When the last good sample came, by our clock; 0 never."""
    interval_seconds: float = 5.0
    skew_us: int = 0
    """How far the machine's clock is ahead of ours."""
    boot_id: str = ""
    boot_us: int = 0
    """When it booted, by our clock; 0 unknown."""
    hostname: str = ""
    system: str = ""
    """PRETTY_NAME of /etc/os-release."""
    kernel: str = ""
    origins: tuple[OriginStatus, ...] = ()
    sessions_known: bool = False
    """Whether some origin has told who is logged in; if not, the answer is "cannot tell"."""
    jump: str = ""
    """The jump host that it is reached through."""
    interpreter: str = ""
    """What runs the probe: ``Python 3.11.2``, ``sh``, ``PowerShell 5.1``."""
    start_note: str = ""
    """What about the start of its probe is not as the configuration asks, such as a refused sudo; safe text."""
    sealed: bool = False
    """Whether its frames are sealed; if not, SSH alone protects them."""
    failures_known: bool = False
    """Whether some origin tells of failed logins; if not, the answer is "cannot tell"."""
    not_kept: int = 0
    """How many of its events were over its allowance lately: counted, and not kept."""
