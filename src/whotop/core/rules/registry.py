"""Every rule there is, one line each."""

from __future__ import annotations

from whotop.core.rules.cleared import Cleared
from whotop.core.rules.failed_logins import FailedLogins
from whotop.core.rules.limits import CpuLimit, DiskLimit, LoadLimit, MemoryLimit, SwapLimit
from whotop.core.rules.logins import Logins
from whotop.core.rules.reach import Reach
from whotop.core.rules.reboot import Reboot
from whotop.core.rules.rule import Rule
from whotop.core.rules.skew import Skew
from whotop.core.rules.tampering import Tampering

RULES: tuple[type[Rule], ...] = (
    Reach,
    Reboot,
    Skew,
    CpuLimit,
    MemoryLimit,
    SwapLimit,
    DiskLimit,
    LoadLimit,
    FailedLogins,
    Logins,
    Tampering,
    Cleared,
)
"""In the order in which each is handed a fact."""
