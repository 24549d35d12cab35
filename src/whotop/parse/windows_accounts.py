"""Whose logon is a person's: Windows logs on itself, its services and its screens all day long.

The identifiers are those of "Well-known SIDs" (learn.microsoft.com). A SID is what the system gave;
a name is what somebody chose, so it decides only where no SID is told.
"""

from __future__ import annotations

import re

_NOBODY_SIDS = frozenset({"S-1-5-7", "S-1-5-18", "S-1-5-19", "S-1-5-20"})
"""Anonymous, Local System, Local Service, Network Service."""
_SERVICE_SIDS = re.compile(r"S-1-5-(80|82|83|90|96|111)-.*", re.ASCII)
"""Services, IIS pools, virtual machines, the window manager, font drivers, OpenSSH's sshd_NNN."""
_ACCOUNT_SIDS = re.compile(r"S-1-(5-21|12-1)-.*", re.ASCII)
"""Of a computer or a domain; of Entra ID."""
_SERVICE_DOMAINS = frozenset(
    {"window manager", "font driver host", "nt service", "iis apppool", "nt virtual machine", "virtual users"}
)
_SERVICE_NAMES = re.compile(
    r"dwm-\d+|umfd-\d+|sshd_\d+|system|local service|network service|anonymous logon", re.ASCII | re.IGNORECASE
)


def is_person(name: str, domain: str, sid: str) -> bool:
    """Whether an account that logged on may be somebody's."""
    if not name or sid in _NOBODY_SIDS or _SERVICE_SIDS.fullmatch(sid):
        return False
    if _ACCOUNT_SIDS.fullmatch(sid):
        return True
    return domain.lower() not in _SERVICE_DOMAINS and not _SERVICE_NAMES.fullmatch(name)


def is_machine(name: str) -> bool:
    """Whether it is named as computers' accounts are. Some people name theirs so, to be overlooked."""
    return name.endswith("$")


def is_own_account(name: str, computer: str) -> bool:
    """Whether it is the account of this very computer."""
    return name[:-1].lower() == computer.partition(".")[0].lower() if is_machine(name) else False
