"""Resumption: the monitor takes up where the store left off, at its start and for machines that are added later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from whotop.clock import Clock
from whotop.core.fleet import EVENTS_KEPT, EVENTS_SINCE_US
from whotop.model import Event, Target
from whotop.monitor.intake import Intake
from whotop.monitor.judgement import Judgement
from whotop.monitor.outlet import Outlet
from whotop.monitor.post import Post
from whotop.store.batch import Restored, StateKey
from whotop.store.store import Store
from whotop.wire.messages import Cursor

NOTHING = Restored(machines={}, sessions=[], alerts=[], cursors={})


class Resumption:
    """Gives every part of the monitor what it has to know of the past. Without a store there is none."""

    def __init__(
        self, store: Store | None, intake: Intake, judgement: Judgement, outlet: Outlet, post: Post | None, clock: Clock
    ) -> None:
        self._store, self._clock = store, clock
        self._intake, self._judgement, self._outlet, self._post = intake, judgement, outlet, post

    async def begin(self, targets: Mapping[str, Target]) -> None:
        """At the start, with all that is watched. Raises StoreError."""
        restored, newest = await self.restored(targets), await self._newest_events(targets)
        await self._remind(restored.rule_states)
        for event in newest:
            self._judgement.known(event, self._clock.now_us())
        self._watch(targets.values(), restored)
        for event in newest:
            self._outlet.restored_event(event)
        self._count_failures(restored)

    def take_up(self, targets: Iterable[Target], restored: Restored) -> None:
        """Watch these as well, of which the store has this."""
        self._watch(targets, restored)
        self._count_failures(restored)

    async def restored(self, names: Collection[str]) -> Restored:
        """What the store has of these machines. Raises StoreError."""
        if self._store is None:
            return NOTHING
        restored = await self._store.restore(names)
        if self._post is not None:
            await self._post.resume(restored)
        return restored

    async def _newest_events(self, names: Collection[str]) -> list[Event]:
        """The newest events that the store has of these machines, oldest first."""
        if self._store is None:
            return []
        since_us = self._clock.now_us() - EVENTS_SINCE_US
        newest = await self._store.history.events(limit=EVENTS_KEPT)
        return [event for event in reversed(newest) if event.fleet_time_us >= since_us and event.machine in names]

    async def _remind(self, states: Mapping[StateKey, object]) -> None:
        """Tell the rules what they have to know of the past, and do not remember themselves."""
        now_us = self._clock.now_us()
        since_us = self._judgement.needs_failures_since_us(now_us)
        if self._store is None:
            return
        if since_us < now_us:
            for failure in await self._store.events.failures_since(since_us):
                self._judgement.known(failure, now_us)
        if self._judgement.has_to_learn(states):
            self._judgement.learn(await self._store.events.habits())

    def _watch(self, targets: Iterable[Target], restored: Restored) -> None:
        cursors: dict[str, dict[str, Cursor]] = {}
        for (machine, origin), cursor in restored.cursors.items():
            cursors.setdefault(machine, {})[origin] = cursor
        for target in targets:
            self._intake.add(target, restored.machines.get(target.name), cursors.get(target.name, {}))
        self._judgement.take_up(restored.rule_states)
        self._judgement.resume(restored.sessions, restored.alerts, self._clock.now_us())

    def _count_failures(self, restored: Restored) -> None:
        """Show how many logins have failed: more than there are events kept of."""
        for machine, tallies in restored.failures.items():
            self._outlet.restored_failures(machine, tallies)
