"""Writes history that was imported, and reads what is known of the time that it is about.

Each addition is one short transaction, and none at all where nothing is new; it needs no claim on a
machine, because it never changes what whoever watches it has seen (``statements``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, bindparam, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import Clock
from whotop.core.identity import TOLERANCE_US, is_bare
from whotop.core.known_ends import Withdrawn
from whotop.model import Event, EventKind, Origin, Outcome, Session, Standing
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
_IS_LOOSE = and_(events.c.kind == EventKind.LOGOUT.value, events.c.session_key == b"")
_SESSION_DELETE = delete(sessions).where(sessions.c.key == bindparam("old"))
_EVENT_DELETE = delete(events).where(events.c.key == bindparam("old"))
NOTHING = Withdrawn()


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
        return await self._events_in(names, _kinds(EventKind.FAILED_LOGIN), from_us, until_us)

    async def comings_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The boots and shutdowns of several machines, in the order of their times."""
        return await self._events_in(names, _kinds(EventKind.BOOT, EventKind.SHUTDOWN), from_us, until_us)

    async def loose_logouts_in(self, names: Collection[str], from_us: int, until_us: int) -> list[Event]:
        """The logouts of several machines that no session has, in the order of their times."""
        return await self._events_in(names, _IS_LOOSE, from_us, until_us)

    async def _events_in(
        self, names: Collection[str], are_meant: ColumnElement[bool], from_us: int, until_us: int
    ) -> list[Event]:
        found: list[Event] = []
        least_us, most_us = await self._skews_us()
        for page in _pages(sorted(names)):
            about = _named(events, page).where(
                are_meant,
                events.c.fleet_time_us.between(from_us - most_us, until_us - least_us),
                events.c.time_us.between(from_us, until_us),
            )
            found += [event_of(row, row["machine_name"]) for row in await self._rows(about)]
        return sorted(found, key=lambda event: event.time_us)

    async def ends_after(self, names: Collection[str], after_us: int, limit: int) -> list[Event]:
        """The first boots, shutdowns, and logouts without a session after a time, in the order of their times."""
        perhaps = events.c.fleet_time_us > after_us - (await self._skews_us())[1]
        ends = _named(events, sorted(names)).where(
            perhaps, events.c.time_us > after_us, or_(_kinds(EventKind.BOOT, EventKind.SHUTDOWN), _IS_LOOSE)
        )
        rows = await self._rows(ends.order_by(events.c.time_us).limit(limit))
        return [event_of(row, row["machine_name"]) for row in rows]

    async def sessions_after(self, there: Collection[Session], after_us: int, limit: int) -> list[Session]:
        """The first sessions that began after a time where others are: on their terminals, or of bare users."""
        perhaps = sessions.c.fleet_login_us > after_us - (await self._skews_us())[1]
        names, ttys = {one.machine for one in there}, {one.tty for one in there if one.tty}
        users = {one.user for one in there if is_bare(one)}
        begun = _named(sessions, sorted(names)).where(
            perhaps, sessions.c.login_us > after_us, or_(_is_in(sessions.c.tty, ttys), _is_bare(users))
        )
        rows = await self._rows(begun.order_by(sessions.c.login_us).limit(limit))
        return [session_of(row, row["machine_name"]) for row in rows]

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

    async def add(
        self,
        told_sessions: Mapping[bytes, Session],
        told_events: Mapping[bytes, Event],
        withdrawn: Withdrawn = NOTHING,
    ) -> set[bytes]:
        """Keep what is not known yet, instead of what is ``withdrawn``; the keys of the events that were added.

        All or nothing. Raises StoreError; then nothing of it is written, and it may be tried again.
        """
        known_sessions = await self._known(sessions, told_sessions, (*_ENDS, *_FILLED, "standing"))
        known_events = await self._known(events, told_events, (*_LEARNT, "standing"))
        new_sessions = [one for key, one in told_sessions.items() if _is_new_session(one, known_sessions.get(key))]
        new_events = [one for key, one in told_events.items() if _is_new_event(one, known_events.get(key))]
        # What an earlier record tells of an end is told by that alone.
        anew = [one.key for one in new_events if _is_earlier(one.time_us, known_events.get(one.key), "time_us")]
        if new_sessions or new_events or withdrawn:
            await self._write(new_sessions, new_events, withdrawn.sessions, [*withdrawn.events, *anew])
        return told_events.keys() - known_events.keys()

    async def keep(self, told_sessions: Mapping[bytes, Session], told_events: Mapping[bytes, Event]) -> None:
        """The same, of times of which nothing was known: it is not looked for first.

        Should there be anything after all, it stays as it is.
        """
        await self._write(told_sessions.values(), told_events.values(), (), ())

    async def _write(
        self,
        new_sessions: Collection[Session],
        new_events: Collection[Event],
        old_sessions: Iterable[bytes],
        old_events: Iterable[bytes],
    ) -> None:
        now_us = self._clock.now_us()
        names = {one.machine for one in new_sessions} | {one.machine for one in new_events}
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                revision = (await connection.execute(statements.NEXT_REVISION, {"now_us": now_us})).scalar_one()
                transaction = Transaction(connection, revision, 0, rows_at_once=ROWS_AT_ONCE)
                await transaction.learn_machines(names, self._machine_ids)
                await transaction.write(_SESSION_DELETE, ({"old": key} for key in old_sessions))
                await transaction.write(_EVENT_DELETE, ({"old": key} for key in old_events))
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


def _kinds(*kinds: EventKind) -> ColumnElement[bool]:
    return events.c.kind.in_([kind.value for kind in kinds])


def _is_in(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether it is one of these; where they are many, whether it may be."""
    return column.in_(sorted(values)) if len(values) <= KEYS_AT_ONCE else column != ""


def _is_bare(users: Collection[str]) -> ColumnElement[bool]:
    table = sessions.c
    return and_(table.origin == Origin.FILE.value, table.tty == "", _is_in(table.user_name, users))


def _is_new_session(told: Session, known: RowMapping | None) -> bool:
    """Whether it is not known, or its end is only now, or told earlier, or something of it that was empty."""
    if known is None or any(getattr(told, name) and not known[name] for name in _FILLED):
        return True
    is_told_otherwise = (known["outcome"], known["logout_us"]) != (told.outcome.value, told.logout_us)
    may_tell = known["outcome"] in _LOOSE or _is_earlier(told.logout_us, known, "logout_us")
    return is_told_otherwise and may_tell and not told.is_open


def _is_new_event(told: Event, known: RowMapping | None) -> bool:
    if known is None:
        return True
    outcome = None if told.outcome is None else told.outcome.value
    as_told = (outcome, told.time_us, told.duration_us, told.session_key)
    is_told_otherwise = tuple(known[name] for name in _LEARNT) != as_told
    may_tell = known["outcome"] in _LOOSE or _is_earlier(told.time_us, known, "time_us")
    return is_told_otherwise and may_tell and told.session_key != b""


def _is_earlier(ended_us: int | None, known: RowMapping | None, column: str) -> bool:
    """Whether an end is told well before another that nobody saw."""
    if known is None or known["standing"] != Standing.HISTORY.value or known[column] is None or ended_us is None:
        return False
    return bool(ended_us < known[column] - TOLERANCE_US)
