"""What a store holds, and what the machines wrote: both in a form that can be compared."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tests.rig.machine import RigMachine
from whotop.clock import SystemClock
from whotop.model import Event, EventKind, Origin, Outcome
from whotop.parse import utmp
from whotop.store.store import Store, open_store
from whotop.wire.messages import Cursor

LIMIT = 100_000
PATIENCE_SECONDS = 40.0
LOOK_SECONDS = 0.05

CheckedT = TypeVar("CheckedT")

Row = tuple[str, str, int, int | None, Outcome]


async def until_kept(check: Callable[[], Awaitable[CheckedT]]) -> CheckedT:
    """Wait until a store is as ``check`` asserts, and give what that gives: a store announces nothing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(LOOK_SECONDS)


async def until_wtmp_is_read(place: Path, machine: RigMachine, *there: str) -> None:
    """Wait until a store holds a machine's wtmp to its end, and that tells that these are there.

    Who is seen in the list of open sessions may yet be on the way to wtmp, and that to the store.
    """
    path = machine.folder / "log" / "wtmp"

    async def is_read() -> None:
        data, inode = path.read_bytes(), path.stat().st_ino
        sessions = sessions_of(utmp.events(data, machine.name, Origin.WTMP))
        assert {user for user, *_, outcome in sessions if outcome is Outcome.OPEN}.issuperset(there)
        cursor = kept_cursor(place, machine.name, Origin.WTMP)
        assert cursor is not None
        assert (cursor.file.inode, cursor.offset) == (inode, len(data))

    await until_kept(is_read)


def kept_cursor(place: Path, machine: str, origin: Origin) -> Cursor | None:
    """How far a store holds an origin; None as long as it holds nothing of it."""
    chosen = "SELECT cursor FROM cursors JOIN machines ON machines.id = machine_id WHERE name = ? AND origin = ?"
    try:
        with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as connection:
            found = connection.execute(chosen, (machine, origin)).fetchone()
    except sqlite3.OperationalError:  # There are no tables yet.
        return None
    return None if found is None else msgspec.json.decode(found[0], type=Cursor)


async def holds_what_was_written(place: Path, machine: str, wtmp: bytes) -> str:
    """That a store holds every session and event of all that was ever written to a wtmp, once; how many, in words."""
    store = await open_store(place, clock=SystemClock())
    try:
        written = utmp.events(wtmp, machine, Origin.WTMP)
        sessions, events = await kept_sessions(store, machine), await kept_events(store, machine)
        assert_same(sessions, sessions_of(written))
        lost = set(map(seen, _logouts_of_nobody(written)))
        told = sorted(one for one in map(seen, written) if one not in lost)
        assert_same([one for one in events if one not in lost], told)
        return f"{machine}: {len(sessions)} sessions and {len(events)} events, as written, each once"
    finally:
        await store.close()


def assert_same(kept: list[Any], written: list[Any]) -> None:
    """AssertionError names what is too much and what is missing."""
    surplus, missing = Counter(kept) - Counter(written), Counter(written) - Counter(kept)
    assert kept == written, f"kept, but not written: {list(surplus)}; written, but not kept: {list(missing)}"


async def kept_sessions(store: Store, machine: str) -> list[Row]:
    """User, tty, login, logout and outcome of every session in the store."""
    sessions = await store.history.sessions(machine=machine, limit=LIMIT)
    return sorted((one.user, one.tty, one.login_us, one.logout_us, one.outcome) for one in sessions)


async def kept_events(store: Store, machine: str) -> list[tuple[str, str, int]]:
    """Kind, tty and time of every event in the store."""
    return sorted(seen(event) for event in await store.history.events(machine=machine, limit=LIMIT))


def sessions_of(events: list[Event]) -> list[Row]:
    """The sessions that the records tell, read as a person would: a logout ends who is on its terminal."""
    rows: list[Row] = []
    there: dict[str, Event] = {}
    for event in events:
        if event.kind is EventKind.LOGIN:
            there[event.tty] = event
        elif event.kind is EventKind.LOGOUT and (login := there.pop(event.tty, None)) is not None:
            rows.append((login.user, login.tty, login.time_us, event.time_us, Outcome.LOGOUT))
    rows += [(login.user, login.tty, login.time_us, None, Outcome.OPEN) for login in there.values()]
    return sorted(rows)


def _logouts_of_nobody(events: list[Event]) -> Iterator[Event]:
    """Logouts whose logins are in no file: within two seconds of another's on that terminal they count as its own.

    sshd takes no lock to write (openssh loginrec.c, wtmp_write): what it writes between the copying of a
    file and its truncation is lost to everybody.
    """
    there: set[str] = set()
    for event in events:
        if event.kind is EventKind.LOGIN:
            there.add(event.tty)
        elif event.kind is EventKind.LOGOUT:
            if event.tty not in there:
                yield event
            there.discard(event.tty)


def seen(event: Event) -> tuple[str, str, int]:
    """What is compared of an event."""
    return event.kind, event.tty, event.time_us
