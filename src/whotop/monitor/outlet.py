"""Where changes leave the monitor: to the live feed at once, to the store when it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from whotop.core.failure_book import Tally
from whotop.core.feed import (
    AlertChanged,
    EventAdded,
    FailuresCounted,
    MachineChanged,
    MachineRemoved,
    Sampled,
    SessionChanged,
)
from whotop.model import Alert, Event, Machine, Sample, Session
from whotop.monitor.publisher import Publisher
from whotop.wire.messages import Cursor


class Writer(Protocol):
    """What keeps things: ``store.writer.StoreWriter``."""

    def machine(self, machine: Machine) -> None:
        """A machine as it is now."""
        ...

    def machine_removed(self, name: str) -> None:
        """A machine is watched no longer."""
        ...

    def sample(self, sample: Sample, session_count: int) -> None:
        """A reading."""
        ...

    def session(self, session: Session) -> None:
        """A session that opened, got better known, or ended."""
        ...

    def event(self, event: Event) -> None:
        """An event, or a correction of one."""
        ...

    def alert(self, alert: Alert) -> None:
        """An alert as it stands now."""
        ...

    def cursor(
        self, machine: str, origin: str, cursor: Cursor, on_committed: Callable[[int], None] | None = None
    ) -> None:
        """How far an origin has been read."""
        ...


class Post(Protocol):
    """What tells people: ``monitor.post.Post``."""

    def on_alert(self, alert: Alert) -> None:
        """An alert as it stands now."""
        ...

    def on_event(self, event: Event) -> None:
        """An event, or a correction of one."""
        ...


class Outlet:
    """Hands each change to the feed, to the store and to whoever tells people.

    Without a store, cursors count as kept.
    """

    def __init__(self, publisher: Publisher, writer: Writer | None, post: Post | None = None) -> None:
        self._publisher, self._writer, self._post = publisher, writer, post
        self._shown: set[bytes] = set()
        """Sessions that the feed shows as open."""

    def machine(self, machine: Machine) -> None:
        """A machine is new or different."""
        self._publisher.add(MachineChanged(machine))
        if self._writer is not None:
            self._writer.machine(machine)

    def machine_removed(self, name: str) -> None:
        """A machine is watched no longer."""
        self._publisher.add(MachineRemoved(name))
        if self._writer is not None:
            self._writer.machine_removed(name)

    def sample(self, sample: Sample) -> None:
        """A reading."""
        self._publisher.add(Sampled(sample))
        if self._writer is not None:
            open_sessions = self._publisher.fleet.sessions_of_machine.get(sample.machine)
            self._writer.sample(sample, len(open_sessions) if open_sessions else 0)

    def session(self, session: Session) -> None:
        """A session that opened, got better known, or ended.

        One that was over before we looked is kept; the feed is told only where it is a last login.
        """
        if session.is_open:
            self._shown.add(session.key)
        if session.key in self._shown or self._is_last_login(session):
            self._publisher.add(SessionChanged(session))
        if not session.is_open:
            self._shown.discard(session.key)
        if self._writer is not None:
            self._writer.session(session)

    def _is_last_login(self, session: Session) -> bool:
        newest = self._publisher.fleet.last_logins.get(session.machine)
        return newest is None or newest.login_us <= session.login_us

    def event(self, event: Event) -> None:
        """An event, or a correction of one."""
        self._publisher.add(EventAdded(event))
        self._keep_event(event)

    def restored(self, session: Session) -> None:
        """A session that the store has already."""
        if session.is_open:
            self._shown.add(session.key)
        self._publisher.add(SessionChanged(session))

    def restored_alert(self, alert: Alert) -> None:
        """An alert that the store has already."""
        self._publisher.add(AlertChanged(alert))

    def restored_event(self, event: Event) -> None:
        """An event that the store has already."""
        self._publisher.add(EventAdded(event))

    def restored_failures(self, machine: str, tallies: tuple[Tally, ...]) -> None:
        """How many logins had failed; said after the restored events, which are among them."""
        self._publisher.add(FailuresCounted(machine, tallies))

    def past_event(self, event: Event) -> None:
        """An event of long ago: kept, and shown only where the past is asked for."""
        self._keep_event(event)

    def _keep_event(self, event: Event) -> None:
        if self._writer is not None:
            self._writer.event(event)
        if self._post is not None:
            self._post.on_event(event)

    def alert(self, alert: Alert) -> None:
        """An alert opened, was updated, or resolved."""
        self._publisher.add(AlertChanged(alert))
        if self._writer is not None:
            self._writer.alert(alert)
        if self._post is not None:
            self._post.on_alert(alert)

    def cursor(self, machine: str, origin: str, cursor: Cursor, on_committed: Callable[[], None]) -> None:
        """How far an origin has been read; ``on_committed`` is called once that is safe."""
        if self._writer is None:
            on_committed()
        else:
            self._writer.cursor(machine, origin, cursor, lambda _revision: on_committed())
