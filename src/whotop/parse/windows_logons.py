"""The logons of one Windows machine, by their ids: which two are halves of one, and which are over.

Since Windows 10 each half of a split token names the other (TargetLinkedLogonId); before, two logons
of one account in one second are the halves. A logoff is written when the user asks for it (4647) and
again when the logon is taken down (4634).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from whotop.parse.windows_event import WindowsEvent, number

KEPT = 4_096
HALVES_WITHIN_US = 1_000_000
"""Ids are given again after a boot: only what is near in time can be a half."""

_Value = TypeVar("_Value")
_ALIKE = ("TargetUserName", "TargetDomainName", "LogonType", "IpAddress", "LogonProcessName")


def logon_id(text: str) -> str:
    """Give a logon's id as Windows shows it, ``0x3e7``, however it was exported; empty if it is none."""
    found = number(text)
    return f"{found:#x}" if 0 < found < 2**64 else ""


def lowest_id(ids: Iterable[str]) -> str:
    """Give the lowest of some ids, which stands for all logons of a session; empty if there is none."""
    return min((one for one in map(logon_id, ids) if one), key=lambda one: int(one, 16), default="")


class Logons:
    """The newest logons. All ids are those of ``logon_id``."""

    def __init__(self) -> None:
        self._firsts: dict[str, str] = {}
        """The lower id of each known logon's pair."""
        self._begun_us: dict[str, int] = {}
        self._ended: dict[str, None] = {}
        self._newest: tuple[tuple[str, ...], int, str] = ((), 0, "")

    def begin(self, event: WindowsEvent, *, by_sshd: bool) -> str | None:
        """Take in a logon; None if it is the other half of one that was taken in."""
        own = logon_id(event.value("TargetLogonId"))
        other = logon_id(event.value("TargetLinkedLogonId"))
        if other in self._firsts and abs(event.time_us - self._begun_us.get(other, 0)) <= HALVES_WITHIN_US:
            self._keep(own, self._firsts[other], event.time_us)
            return None
        first = lowest_id((own, other))
        # OpenSSH's logons are not split, and two of them in a second are two.
        alike = () if by_sshd else tuple(event.value(name).lower() for name in _ALIKE)
        before, before_us, before_first = self._newest
        if alike and alike == before and abs(event.time_us - before_us) <= HALVES_WITHIN_US and own != before_first:
            self._keep(own, before_first, event.time_us)
            return None
        self._newest = (alike, event.time_us, first)
        for one in (own, other):
            self._keep(one, first, event.time_us)
        # The number is given again after a boot.
        self._ended.pop(first, None)
        return first

    def is_known(self, event: WindowsEvent) -> bool:
        """Whether the logon that a logoff names was taken in."""
        return logon_id(event.value("TargetLogonId")) in self._firsts

    def canonical(self, one: str) -> str:
        """The id of the session that a logon is of."""
        return self._firsts.get(one, one)

    def end(self, event: WindowsEvent) -> str | None:
        """Take in a logoff; gives the session's id, None if it is over already."""
        first = self.canonical(logon_id(event.value("TargetLogonId")))
        if first in self._ended:
            return None
        if first:
            _keep(self._ended, first, None)
        return first

    def _keep(self, one: str, first: str, begun_us: int) -> None:
        if one:
            _keep(self._firsts, one, first)
            _keep(self._begun_us, one, begun_us)


def _keep(kept: dict[str, _Value], name: str, value: _Value) -> None:
    kept[name] = value
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
