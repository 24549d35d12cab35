"""Every rule there is, one line each."""

from __future__ import annotations

from whotop.core.rules.cleared import Cleared
from whotop.core.rules.concurrent import Concurrent
from whotop.core.rules.denied import Denied
from whotop.core.rules.dormant import Dormant
from whotop.core.rules.failed_logins import FailedLogins
from whotop.core.rules.flood import Flood
from whotop.core.rules.idle_sessions import IdleSessions
from whotop.core.rules.limits import CpuLimit, DiskLimit, LoadLimit, MemoryLimit, SwapLimit
from whotop.core.rules.logins import Logins
from whotop.core.rules.new_source import NewSource
from whotop.core.rules.out_of_hours import OutOfHours
from whotop.core.rules.reach import Reach
from whotop.core.rules.reboot import Reboot
from whotop.core.rules.root_from_outside import RootFromOutside
from whotop.core.rules.rule import Rule
from whotop.core.rules.skew import Skew
from whotop.core.rules.slow_failures import SlowFailures
from whotop.core.rules.spraying import Spraying
from whotop.core.rules.system_account import SystemAccount
from whotop.core.rules.tampering import Tampering
from whotop.core.rules.travel import Travel

RULES: tuple[type[Rule], ...] = (
    Reach,
    Reboot,
    Skew,
    CpuLimit,
    MemoryLimit,
    SwapLimit,
    DiskLimit,
    LoadLimit,
    Spraying,
    FailedLogins,
    SlowFailures,
    RootFromOutside,
    SystemAccount,
    NewSource,
    Concurrent,
    Travel,
    OutOfHours,
    Dormant,
    IdleSessions,
    Denied,
    Logins,
    Tampering,
    Cleared,
    Flood,
)
"""In the order in which each is handed a fact."""
