"""The changeover from one origin of failed logins to another, of which each failure is told once.

Rights change, a log comes or goes, and from then on another origin tells of failed logins: at first of
those of the last weeks, of which the one before it told. The store knows them; before the other one is
asked they are remembered, so that it is compared with them. What it tells of the time since is news.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Protocol

from msgspec.structs import replace

from whotop.errors import StoreError
from whotop.model import Event, EventKind, Origin, Standing

FAILURE_ORIGINS = frozenset((Origin.BTMP, Origin.JOURNAL, Origin.AUTH_LOG))
LOOKED_AT = 256
"""Where an origin told of all the newest, so many, the changeover is over."""
REMEMBERED = 20_000
"""As many as a first contact tells at most."""
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


class PastFailures(Protocol):
    """Where failed logins are kept: ``store.past_events.PastEvents``."""

    async def newest_failures(self, machine: str, limit: int) -> list[Event]:
        """Those of a machine, oldest first. Raises StoreError."""
        ...


class Changeover:
    """Which machines' failed logins may be asked for. ``ask`` is called when one that had to wait may."""

    def __init__(
        self,
        past: PastFailures,
        remember: Callable[[Event], object],
        ask: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._past, self._remember, self._ask, self._sleep = past, remember, ask, sleep
        self._over: dict[str, Origin] = {}
        """Machines that have been asked about for this origin."""
        self._told_until_us: dict[str, int] = {}
        """When the last failure was of which an earlier origin told."""
        self._waiting: dict[str, tuple[Origin, bool]] = {}
        """For which origin, and whether that was read before."""
        self._is_wanted = asyncio.Event()

    def is_over(self, machine: str, origin: Origin, read: Collection[str]) -> bool:
        """Whether this origin may be asked for failed logins, where these have been ``read``; else it may soon."""
        others = FAILURE_ORIGINS - {origin}
        if self._over.get(machine) is origin or others.isdisjoint(read):
            self._over[machine] = origin
            self._waiting.pop(machine, None)
            return True
        self._waiting[machine] = origin, origin in read
        self._is_wanted.set()
        return False

    def is_waiting(self, machine: str) -> bool:
        """Whether its failed logins are still to be asked for."""
        return machine in self._waiting

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        for memory in (self._over, self._told_until_us, self._waiting):
            memory.pop(machine, None)

    def unread(self, machine: str, events: Iterable[Event]) -> list[Event]:
        """History, in which failures since an earlier origin last told of any are late instead."""
        until_us = self._told_until_us.get(machine)
        if until_us is None:
            return list(events)
        return [_late(event) if event.fleet_time_us > until_us else event for event in events]

    async def run(self) -> None:
        """Go from machine to machine for ever, until cancelled."""
        while True:
            await self._is_wanted.wait()
            try:
                await self.next_machine()
            except StoreError as error:
                log.warning("failed logins wait to be compared with those of another origin: %s", error)
                await self._sleep(RETRY_SECONDS)

    async def next_machine(self) -> None:
        """Remember what is known of the machine that has waited longest. Raises StoreError; then it waits on."""
        if not self._waiting:
            self._is_wanted.clear()
            return
        machine, (origin, was_read) = next(iter(self._waiting.items()))
        known = await self._past.newest_failures(machine, LOOKED_AT)
        if not was_read or any(event.origin is not origin for event in known):
            known = await self._past.newest_failures(machine, REMEMBERED)
        if self._waiting.get(machine) != (origin, was_read):
            return
        for event in known:
            self._remember(event)
        others = [event.fleet_time_us for event in known if event.origin is not origin]
        if others:
            self._told_until_us[machine] = max(others)
        self._over[machine] = origin
        del self._waiting[machine]
        self._ask(machine)


def _late(event: Event) -> Event:
    is_failure = event.kind is EventKind.FAILED_LOGIN and event.standing is Standing.HISTORY
    return replace(event, standing=Standing.LATE) if is_failure else event
