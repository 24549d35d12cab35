"""What a store holds, and what the machines wrote: both in a form that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whotop.clock import SystemClock
from whotop.model import Event, EventKind, Origin, Outcome
from whotop.parse import utmp
from whotop.store.store import Store, open_store

LIMIT = 100_000

Row = tuple[str, str, int, int | None, Outcome]


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
