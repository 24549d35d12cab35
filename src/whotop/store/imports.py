"""Writes history that was imported, and reads what is known of the time that it is about.

Each addition is one short transaction, and none at all where nothing is new; it needs no claim on a
machine, because it never changes what whoever watches it has seen (``statements``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import Clock
from whotop.model import Event, EventKind, Outcome, Session, Standing
from whotop.store import statements
from whotop.store.engine import failures_in_words
from whotop.store.imported import Imported
from whotop.store.prepared import Columns
from whotop.store.read import SILENT_US
from whotop.store.rows import event_columns, event_of, session_columns, session_of
from whotop.store.schema import collectors, events, machines, sessions
from whotop.store.transaction import Transaction

_Item = TypeVar("_Item")

KEYS_AT_ONCE = 500
ROWS_AT_ONCE = 2_500
"""Nobody's screen waits while they are made ready."""
_LOOSE = frozenset({None, Outcome.OPEN.value, Outcome.GONE.value})
_ENDS = ("outcome", "logout_us")
_FILLED = ("tty", "source", "session_id", "leader_pid", "login_pid", "boot_id", "service")
"""What another file may know of a session: its log names the leader, its record the terminal."""
_LEARNT = ("outcome", "time_us", "duration_us", "session_key")


class Imports:
    """The part of a store that imports use."""

    def __init__(self, reading: AsyncEngine, writing: AsyncEngine, place: Path, clock: Clock) -> None:
        self._reading, self._writing, self._place, self._clock = reading, writing, place, clock
        self.imported = Imported(reading, writing, place)
        """Which events imports have told."""
        self._skews: tuple[int, int] | None = None
        self._machine_ids: dict[str, int] = {}

    async def sessions_open_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Session]:
        """The sessions of several machines that began by ``until_us`` and were open at some time after ``from_us``."""
        ended_us = sessions.c.fleet_logout_us
        perhaps = or_(ended_us.is_(None), ended_us >= from_us - (await self._skews_us())[1])
        overlaps = or_(sessions.c.logout_us.is_(None), sessions.c.logout_us >= from_us)
        return await self._sessions(names, perhaps, overlaps, sessions.c.login_us <= until_us)

    async def sessions_begun_in(self, names: Collection[str], after_us: int, until_us: int) -> list[Session]:
        """The sessions of several machines that began after one time and by another."""
        least_us, most_us = await self._skews_us()
        perhaps = sessions.c.fleet_login_us.between(after_us - most_us, until_us - least_us)
        began = and_(sessions.c.login_us > after_us, sessions.c.login_us <= until_us)
        return await self._sessions(names, perhaps, began)

    async def failures_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The failed logins of several machines, in the order of their times."""
        return await self._events_in(names, (EventKind.FAILED_LOGIN,), from_us, until_us)

    async def comings_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The boots and shutdowns of several machines, in the order of their times."""
        return await self._events_in(names, (EventKind.BOOT, EventKind.SHUTDOWN), from_us, until_us)

    async def _events_in(
        self, names: Collection[str], kinds: Collection[EventKind], from_us: int, until_us: int
    ) -> list[Event]:
        found: list[Event] = []
        least_us, most_us = await self._skews_us()
        for page in _pages(sorted(names)):
            about = _named(events, page).where(
                events.c.kind.in_([kind.value for kind in kinds]),
                events.c.fleet_time_us.between(from_us - most_us, until_us - least_us),
                events.c.time_us.between(from_us, until_us),
            )
            found += [event_of(row, row["machine_name"]) for row in await self._rows(about)]
        return sorted(found, key=lambda event: event.time_us)

    async def is_shared(self) -> bool:
        """Whether somebody watches, and writes here too."""
        since_us = self._clock.now_us() - SILENT_US
        alive = select(collectors.c.id).where(collectors.c.ended_us.is_(None), collectors.c.alive_us > since_us)
        return bool(await self._rows(alive.limit(1)))

    async def is_anything_kept(self, after_us: int, until_us: int) -> bool:
        """Whether any event is known between two times, of whichever machine."""
        least_us, most_us = await self._skews_us()
        perhaps = events.c.fleet_time_us.between(after_us - most_us, until_us - least_us)
        found = select(events.c.id).where(perhaps, events.c.time_us > after_us, events.c.time_us <= until_us)
        return bool(await self._rows(found.limit(1)))

    async def watched(self, names: Collection[str]) -> set[str]:
        """Those that were ever watched: machines that are known from imports alone have no details."""
        found: set[str] = set()
        for page in _pages(sorted(names)):
            statement = select(machines.c.name).where(machines.c.name.in_(page), machines.c.details.is_not(None))
            found.update(row["name"] for row in await self._rows(statement))
        return found

    async def add(self, told_sessions: Mapping[bytes, Session], told_events: Mapping[bytes, Event]) -> set[bytes]:
        """Keep what is not known yet, all or nothing; the keys of the events that were added.

        Raises StoreError; then nothing of it is written, and it may be tried again.
        """
        known_sessions = await self._known(sessions, told_sessions, (*_ENDS, *_FILLED))
        known_events = await self._known(events, told_events, _LEARNT)
        new_sessions = [one for key, one in told_sessions.items() if _is_new_session(one, known_sessions.get(key))]
        new_events = [one for key, one in told_events.items() if _is_new_event(one, known_events.get(key))]
        if new_sessions or new_events:
            await self._write(new_sessions, new_events)
        return told_events.keys() - known_events.keys()

    async def keep(self, told_sessions: Mapping[bytes, Session], told_events: Mapping[bytes, Event]) -> None:
        """The same, of times of which nothing was known: it is not looked for first.

        Should there be anything after all, it stays as it is.
        """
        await self._write(told_sessions.values(), told_events.values())

    async def _write(self, new_sessions: Collection[Session], new_events: Collection[Event]) -> None:
        now_us = self._clock.now_us()
        names = {one.machine for one in new_sessions} | {one.machine for one in new_events}
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                revision = (await connection.execute(statements.NEXT_REVISION, {"now_us": now_us})).scalar_one()
                transaction = Transaction(connection, revision, 0, rows_at_once=ROWS_AT_ONCE)
                await transaction.learn_machines(names, self._machine_ids)
                dialect = transaction.dialect
                await transaction.write_all(statements.session_upsert(dialect), new_sessions, _session_columns)
                await transaction.write_all(
                    statements.event_upsert(dialect), new_events, partial(_event_columns, now_us)
                )
        self._machine_ids.update(transaction.machine_ids)

    async def _sessions(self, names: Collection[str], *conditions: ColumnElement[bool]) -> list[Session]:
        rows = await self._rows(*(_named(sessions, page).where(*conditions) for page in _pages(sorted(names))))
        return [session_of(row, row["machine_name"]) for row in rows]

    async def _skews_us(self) -> tuple[int, int]:
        """How far machines' clocks were off at the most, behind and ahead: rows are indexed by our own."""
        if self._skews is None:
            found = [0]
            for table in (sessions, events):
                (row,) = await self._rows(select(func.min(table.c.skew_us), func.max(table.c.skew_us)))
                found += [skew_us for skew_us in row.values() if skew_us is not None]
            self._skews = min(found), max(found)
        return self._skews

    async def _known(self, table: Table, keys: Collection[bytes], names: Sequence[str]) -> dict[bytes, RowMapping]:
        """What of these keys is in a table already, with these columns."""
        columns = [table.c["key"], *(table.c[name] for name in names)]
        pages = (select(*columns).where(table.c["key"].in_(page)) for page in _pages(list(keys)))
        return {row["key"]: row for row in await self._rows(*pages)}

    async def _rows(self, *statements: Select[Any]) -> list[RowMapping]:
        """What statements find, all of them in one transaction."""
        found: list[RowMapping] = []
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                for statement in statements:
                    found += (await connection.execute(statement)).mappings().all()
        return found


def _named(table: Table, names: Sequence[str]) -> Select[Any]:
    joined = select(table, machines.c.name.label("machine_name")).join(machines, machines.c.id == table.c.machine_id)
    return joined.where(machines.c.name.in_(names))


def _pages(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + KEYS_AT_ONCE] for start in range(0, len(items), KEYS_AT_ONCE))


def _session_columns(told: Sequence[Session], machine_ids: Mapping[str, int], revision: int) -> Columns:
    """Whatever watched them: what an import says of them is history."""
    return {**session_columns(told, machine_ids, revision), **_history(len(told))}


def _event_columns(seen_us: int, told: Sequence[Event], machine_ids: Mapping[str, int], revision: int) -> Columns:
    columns = event_columns(told, machine_ids, revision)
    return {**columns, **_history(len(told)), "seen_us": [seen_us] * len(told)}


def _history(count: int) -> Columns:
    return {"standing": [Standing.HISTORY.value] * count}


def _is_new_session(told: Session, known: RowMapping | None) -> bool:
    """Whether it is not known, or its end is only now, or something of it that was empty."""
    if known is None or any(getattr(told, name) and not known[name] for name in _FILLED):
        return True
    is_told_otherwise = (known["outcome"], known["logout_us"]) != (told.outcome.value, told.logout_us)
    return is_told_otherwise and known["outcome"] in _LOOSE and not told.is_open


def _is_new_event(told: Event, known: RowMapping | None) -> bool:
    if known is None:
        return True
    outcome = None if told.outcome is None else told.outcome.value
    as_told = (outcome, told.time_us, told.duration_us, told.session_key)
    is_told_otherwise = tuple(known[name] for name in _LEARNT) != as_told
    return is_told_otherwise and known["outcome"] in _LOOSE and told.session_key != b""
