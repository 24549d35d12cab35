"""Brings recorded history into the store: through the same tracker as what is watched, and never an alert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec.structs import replace

from whotop.clock import HOUR_US, MINUTE_US, Clock
from whotop.core.comings import COMING_US
from whotop.core.identity import TOLERANCE_US
from whotop.core.known_ends import Withdrawn
from whotop.core.replay import Replay, own_key
from whotop.core.transition import Transition
from whotop.model import Event, EventKind, Outcome, Session
from whotop.monitor.later_times import Later, LaterTimes
from whotop.monitor.new_ground import Kept, NewGround
from whotop.monitor.told_before import Marks, ToldBefore
from whotop.store.store import open_store

EVENTS_BESIDE_OTHERS = 2_000
"""In one transaction: about 0.1 s, in which whoever watches waits."""
EVENTS_ALONE = 10_000
"""Keys are digests: each transaction writes most pages of their indexes, so that a fifth as many take half
the time. Still larger ones gain nothing more, and whoever begins to watch would wait for them."""
ENDED_KEPT_US = HOUR_US


class Importing(Kept, Later, Protocol):
    """What an import needs of a store."""

    @property
    def imported(self) -> Marks:
        """Which events imports have told."""
        ...

    async def sessions_open_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Session]:
        """The sessions of several machines that were open between two times."""
        ...

    async def sessions_begun_in(self, names: Collection[str], after_us: int, until_us: int) -> list[Session]:
        """The sessions of several machines that began between two times."""
        ...

    async def failures_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The failed logins of several machines between two times."""
        ...

    async def is_shared(self) -> bool:
        """Whether somebody watches, and writes here too."""
        ...

    async def comings_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The boots and shutdowns of several machines between two times."""
        ...

    async def loose_logouts_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The logouts of several machines between two times that no session has."""
        ...

    async def watched(self, names: Collection[str]) -> set[str]:
        """Those that were ever watched."""
        ...

    async def add(
        self, told_sessions: dict[bytes, Session], told_events: dict[bytes, Event], withdrawn: Withdrawn
    ) -> set[bytes]:
        """Keep what is not known yet, instead of what is ``withdrawn``; the keys of the events that were added."""
        ...

    async def keep(self, told_sessions: dict[bytes, Session], told_events: dict[bytes, Event]) -> None:
        """The same, of times of which nothing was known: it is not looked for first."""
        ...


class ImportCounts(msgspec.Struct):
    """What came of an import."""

    read: int = 0
    """Events of the files."""
    added: int = 0
    earliest_us: int | None = None
    unmatched_logouts: int = 0

    @property
    def known(self) -> int:
        """Events that were in the store already, or that another origin had told."""
        return self.read - self.added


async def import_history(
    events: Iterator[Event], store: Importing, imported: Callable[[int], None] = lambda count: None
) -> ImportCounts:
    """Keep events, which come in the order of their times; ``imported`` is told how many were so far.

    What was committed stays when it fails in between: the same import again adds the rest.
    """
    history = _HistoryImport(store)
    batch = list(islice(events, await _at_once(store)))
    while batch:
        ahead = list(islice(events, await _at_once(store)))
        await history.add(batch, ahead)
        imported(history.counts.read)
        batch = ahead
    await history.finish()
    return history.counts


async def import_into(
    place: str | Path, events: Iterator[Event], clock: Clock, imported: Callable[[int], None] = lambda count: None
) -> ImportCounts:
    """The same into the store at a place. Raises StoreError."""
    store = await open_store(place, clock=clock)
    try:
        return await import_history(events, store.imports, imported)
    finally:
        await store.close()


async def _at_once(store: Importing) -> int:
    return EVENTS_BESIDE_OTHERS if await store.is_shared() else EVENTS_ALONE


class _HistoryImport:
    """One import while it is under way."""

    def __init__(self, store: Importing) -> None:
        self._store = store
        self._replay = Replay()
        self._later = LaterTimes(store, self._replay)
        self._told = ToldBefore(store.imported)
        self._machines: set[str] = set()
        self._comings_known: set[bytes] = set()
        self._last_us = self._until_us = 0
        self._ground = NewGround(store)
        self._opened: set[bytes] = set()
        """The sessions that this import knows first, as far as they are open."""
        self.counts = ImportCounts()

    async def add(self, batch: list[Event], ahead: list[Event]) -> None:
        """Keep the next events; ``ahead`` are those behind them."""
        untold = await self._told.untold(batch)
        added = 0
        if untold:
            news, added = await self._add(untold, ahead)
            await self._told.note(batch, news)
        self._count(batch, added)

    async def _add(self, batch: list[Event], ahead: list[Event]) -> tuple[list[Event], int]:
        """Keep what no import has told: what is new by it, and how many of the events themselves are."""
        await self._learn(batch, ahead)
        changed: list[Transition] = []
        own: list[bytes] = []
        for event in batch:
            transitions = self._replay.apply(event)
            changed += transitions
            key = own_key(event, transitions)
            if key is not None:
                own.append(key)
        sessions, events = _told(changed)
        otherwise = self._replay.withdrawn.events.values()
        self._replay.forget(batch[-1].time_us - ENDED_KEPT_US)
        added = await self._keep(sessions, events)
        for session in sessions.values():
            (self._opened.add if session.is_open and session.key in added else self._opened.discard)(session.key)
        return [events[key] for key in added], len(added.intersection(own).difference(otherwise))

    async def finish(self) -> None:
        """What is open still, on a machine that is watched, is over: its own list would tell of it."""
        async for transitions in self._later.changes(lambda: self._left_open().values(), self._last_us, self._until_us):
            await self._keep(*_told(transitions))
        left = self._left_open()
        watched = await self._store.watched({session.machine for session in left.values()})
        gone = {
            key: replace(session, outcome=Outcome.GONE) for key, session in left.items() if session.machine in watched
        }
        await self._store.add(gone, {}, Withdrawn())
        self.counts.unmatched_logouts = self._replay.unmatched_logouts

    def _left_open(self) -> dict[bytes, Session]:
        return {session.key: session for session in self._replay.open_sessions() if session.key in self._opened}

    async def _keep(self, sessions: dict[bytes, Session], events: dict[bytes, Event]) -> set[bytes]:
        withdrawn, self._replay.withdrawn = self._replay.withdrawn, Withdrawn()
        if withdrawn or not self._ground.is_reached:
            return await self._store.add(sessions, events, withdrawn)
        await self._store.keep(sessions, events)
        return self._ground.first_told(events)

    async def _learn(self, batch: list[Event], ahead: list[Event]) -> None:
        """Take up what the store knows of the time and the machines that these events are of."""
        until_us = batch[-1].time_us + TOLERANCE_US
        first_us: dict[str, int] = {}
        for event in batch:
            first_us.setdefault(event.machine, event.time_us)
        met_us = {name: us for name, us in first_us.items() if name not in self._machines}
        met = await self._sessions_met(met_us, until_us)
        begun = await self._store.sessions_begun_in(self._machines, self._until_us, until_us)
        if met or begun:
            self._replay.expect(chain(batch, ahead))
        for machine, its_sessions in met.items():
            self._replay.know(its_sessions, met_us[machine])
        self._replay.know(begun, 0)
        await self._ground.move(batch[0].time_us, batch[-1].time_us, has_met=bool(met or begun))
        if any(event.kind is EventKind.FAILED_LOGIN for event in batch):
            from_us = batch[0].time_us - TOLERANCE_US
            self._replay.know_failures(await self._store.failures_in(first_us.keys(), from_us, until_us))
        self._machines.update(first_us)
        self._until_us = max(until_us, self._until_us)
        after_us, self._last_us = self._last_us, batch[-1].time_us
        if not self._ground.is_reached:
            from_us = after_us + 1 if after_us else batch[0].time_us
            self._replay.know_ends(await self._comings(from_us - COMING_US, self._last_us + COMING_US))
            self._replay.know_ends(await self._store.loose_logouts_in(self._machines, from_us, self._last_us))

    async def _comings(self, from_us: int, until_us: int) -> list[Event]:
        """The boots and shutdowns that are known between two times, each once."""
        found = await self._store.comings_in(self._machines, from_us, until_us)
        new = [event for event in found if event.key not in self._comings_known]
        self._comings_known = {event.key for event in found}
        return new

    async def _sessions_met(self, first_us: dict[str, int], until_us: int) -> dict[str, list[Session]]:
        """What is known of machines that are met for the first time, from then on."""
        of_machine: defaultdict[str, list[Session]] = defaultdict(list)
        from_us = min(first_us.values(), default=0) - MINUTE_US
        for session in await self._store.sessions_open_in(first_us.keys(), from_us, until_us):
            if session.logout_us is None or session.logout_us >= first_us[session.machine] - MINUTE_US:
                of_machine[session.machine].append(session)
        return of_machine

    def _count(self, batch: list[Event], added: int) -> None:
        if self.counts.earliest_us is None:
            self.counts.earliest_us = batch[0].time_us
        self.counts.read += len(batch)
        self.counts.added += added


def _told(transitions: Iterable[Transition]) -> tuple[dict[bytes, Session], dict[bytes, Event]]:
    """What is to be kept of transitions: each session and event as it is at last."""
    sessions: dict[bytes, Session] = {}
    events: dict[bytes, Event] = {}
    for transition in transitions:
        if transition.session is not None:
            sessions[transition.session.key] = transition.session
        if transition.event is not None:
            events[transition.event.key] = transition.event
    return sessions, events
