"""History that is imported beside what is watched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.store.conftest import NOON_US
from whotop.clock import SECOND_US, ManualClock
from whotop.core.keys import event_key
from whotop.core.tracker import SessionTracker
from whotop.model import Event, EventKind, Machine, Origin, Outcome, Session, Standing
from whotop.monitor.history_import import ImportCounts, import_history
from whotop.store.batch import WriteBatch
from whotop.store.store import Store


def wtmp(kind: EventKind, seconds: int, user: str = "", tty: str = "pts/0", pid: int = 9) -> Event:
    return Event(
        machine="web-01",
        kind=kind,
        time_us=NOON_US + seconds * SECOND_US,
        user=user,
        tty=tty,
        origin=Origin.WTMP,
        login_pid=pid,
        standing=Standing.HISTORY,
    )


LOGIN, LOGOUT = wtmp(EventKind.LOGIN, 0, "anna"), wtmp(EventKind.LOGOUT, 60)


async def imported(store: Store, *events: Event) -> ImportCounts:
    return await import_history(iter(events), store.imports)


async def watched(store: Store, *events: Event, **fields: Any) -> None:
    """Keep what somebody who watches has seen."""
    batch = WriteBatch(machines={"web-01": Machine(name="web-01", address="")})
    for transition in SessionTracker().apply_all(replace(event, standing=Standing.LIVE) for event in events):
        if transition.session is not None:
            batch.sessions[transition.session.key] = replace(transition.session, **fields)
        if transition.event is not None:
            batch.events[transition.event.key] = transition.event
    await store.commit(batch)


async def sessions_of(store: Store) -> list[Session]:
    return await store.history.sessions(machine="web-01")


async def events_of(store: Store) -> Iterable[EventKind]:
    return [event.kind for event in await store.history.events(machine="web-01")][::-1]


async def test_what_was_imported_is_in_the_history_of_its_machine_and_user(store: Store) -> None:
    counts = await imported(store, LOGIN, LOGOUT)
    assert (counts.read, counts.added, counts.known) == (2, 2, 0)
    assert [session.outcome for session in await sessions_of(store)] == [Outcome.LOGOUT]
    assert [event.kind for event in await store.history.events(user="anna")] == [EventKind.LOGOUT, EventKind.LOGIN]


async def test_what_was_seen_live_stays_as_it_was_seen(store: Store) -> None:
    await watched(store, LOGIN, LOGOUT)
    before = await sessions_of(store), await store.history.events(machine="web-01")
    counts = await imported(store, LOGIN, LOGOUT)
    assert counts.added == 0
    assert (await sessions_of(store), await store.history.events(machine="web-01")) == before


async def test_a_record_tells_the_true_end_of_a_session_that_was_found_gone(store: Store) -> None:
    await watched(store, LOGIN, outcome=Outcome.GONE, logout_us=NOON_US + 65 * SECOND_US)
    await imported(store, LOGIN, LOGOUT)
    (session,) = await sessions_of(store)
    assert (session.outcome, session.logout_us) == (Outcome.LOGOUT, LOGOUT.time_us)


def by_log(kind: EventKind, seconds: int) -> Event:
    return replace(wtmp(kind, seconds, "anna", tty="", pid=0), origin=Origin.AUTH_LOG, leader_pid=9)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 2, 0, 3)], ids=["records first", "log first"])
async def test_files_that_tell_of_one_session_may_be_imported_one_after_the_other(
    store: Store, order: tuple[int, ...]
) -> None:
    files = [(LOGIN,), (by_log(EventKind.LOGIN, 0),), (by_log(EventKind.LOGOUT, 60),), (LOGOUT,)]
    for number in order:
        await imported(store, *files[number])
    (session,) = await sessions_of(store)
    assert (session.tty, session.leader_pid, session.login_pid, session.outcome) == ("pts/0", 9, 9, Outcome.LOGOUT)
    assert await events_of(store) == [EventKind.LOGIN, EventKind.LOGOUT]


async def test_what_is_filled_changes_nothing_that_was_seen(store: Store) -> None:
    await watched(store, LOGIN)
    await imported(store, by_log(EventKind.LOGIN, 1))
    (session,) = await sessions_of(store)
    assert (session.leader_pid, session.login_us, session.standing) == (9, LOGIN.time_us, Standing.LIVE)
    assert session.outcome is Outcome.OPEN


async def test_a_session_that_is_watched_stays_open(store: Store) -> None:
    await watched(store, LOGIN)
    await imported(store, LOGIN)
    assert [session.outcome for session in await sessions_of(store)] == [Outcome.OPEN]


async def test_a_session_that_nobody_sees_on_a_watched_machine_is_over(store: Store) -> None:
    await watched(store, wtmp(EventKind.LOGIN, 3600, "bert", "pts/1"))
    await imported(store, LOGIN)
    assert {session.user: session.outcome for session in await sessions_of(store)} == {
        "anna": Outcome.GONE,
        "bert": Outcome.OPEN,
    }


async def test_a_failed_login_that_was_counted_live_is_not_counted_again(store: Store) -> None:
    failure = Event(machine="web-01", kind=EventKind.FAILED_LOGIN, time_us=NOON_US, user="root", origin=Origin.BTMP)
    await store.commit(WriteBatch(events={event_key(failure): replace(failure, key=event_key(failure))}))
    again = replace(failure, origin=Origin.AUTH_LOG, record_id="7", time_us=NOON_US + SECOND_US)
    assert (await imported(store, again)).added == 0
    assert await events_of(store) == [EventKind.FAILED_LOGIN]


async def test_an_import_needs_no_claim_and_takes_none(store: Store) -> None:
    assert store.claim(["web-01"]) == {"web-01"}
    assert (await imported(store, LOGIN)).added == 1


async def test_more_than_one_transaction_tells_the_same(store: Store) -> None:
    await store.beat()  # who is alone writes it all at once
    events = [
        event
        for number in range(1500)
        for event in (
            wtmp(EventKind.LOGIN, number * 100, f"u{number % 7}", pid=number),
            wtmp(EventKind.LOGOUT, number * 100 + 50, pid=number),
        )
    ]
    assert (await imported(store, *events)).added == 3000
    assert (await imported(store, *events)).added == 0
    assert (await imported(store, *events[1001:])).added == 0
    found = await store.history.sessions(machine="web-01", limit=2000)
    assert (len(found), {session.outcome for session in found}) == (1500, {Outcome.LOGOUT})


async def test_whoever_watches_waits_for_short_transactions_only(store: Store, clock: ManualClock) -> None:
    async def written(first: int) -> list[int]:
        counts: list[int] = []
        events = (wtmp(EventKind.LOCK, number, "anna") for number in range(first, first + 3000))
        await import_history(events, store.imports, counts.append)
        return counts

    assert await written(0) == [3000]
    await store.beat()
    assert await written(3000) == [2000, 3000]
    clock.advance(60)
    assert await written(6000) == [3000]


async def test_what_is_not_looked_for_is_still_not_there_twice(store: Store) -> None:
    await watched(store, LOGIN, LOGOUT)
    before = await sessions_of(store)
    await imported(store, replace(LOGIN, time_us=1, tty="pts/9"))
    key = event_key(LOGIN)
    await store.imports.keep({}, {key: replace(LOGIN, key=key, session_key=key, origin=Origin.AUTH_LOG)})
    assert await events_of(store) == [EventKind.LOGIN, EventKind.LOGIN, EventKind.LOGOUT]
    assert (await sessions_of(store))[:1] == before


def row(kind: EventKind, seconds: int, user: str = "anna", ordinal: int = 0) -> Event:
    """A row of a table that names no terminal."""
    return replace(wtmp(kind, seconds, user, tty="", pid=0), origin=Origin.FILE, ordinal=ordinal)


ROW_IN, ROW_OUT = row(EventKind.LOGIN, 0), row(EventKind.LOGOUT, 60)


async def ends_of(store: Store) -> list[tuple[int, Outcome, int | None]]:
    """When each session began and ended, in seconds."""
    found = sorted(await sessions_of(store), key=lambda session: session.login_us)
    return [
        (
            (one.login_us - NOON_US) // SECOND_US,
            one.outcome,
            None if one.logout_us is None else (one.logout_us - NOON_US) // SECOND_US,
        )
        for one in found
    ]


@pytest.mark.parametrize("events", [(LOGIN, LOGOUT), (ROW_IN, ROW_OUT)], ids=["record", "table"])
async def test_a_logout_that_was_imported_before_its_login_is_its_end(store: Store, events: tuple[Event, ...]) -> None:
    login, logout = events
    await imported(store, logout)
    assert (await imported(store, login)).added == 1
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 60)]
    again = await imported(store, login, logout)
    assert (again.read, again.added, again.known) == (2, 0, 2)
    assert await events_of(store) == [EventKind.LOGIN, EventKind.LOGOUT]


async def test_a_logout_that_the_same_import_tells_again_was_there_already(store: Store) -> None:
    await imported(store, LOGOUT)
    counts = await imported(store, LOGIN, LOGOUT)
    assert (counts.added, counts.known) == (1, 1)
    assert await events_of(store) == [EventKind.LOGIN, EventKind.LOGOUT]


async def test_a_logout_after_a_later_login_on_the_terminal_is_not_that_of_the_earlier_one(store: Store) -> None:
    await imported(store, wtmp(EventKind.LOGIN, 30, "bert", pid=10))
    await imported(store, LOGOUT)
    await imported(store, LOGIN)
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 30), (30, Outcome.LOGOUT, 60)]


async def test_a_boot_that_was_imported_before_ends_what_was_open(store: Store) -> None:
    await imported(store, replace(wtmp(EventKind.BOOT, 90, tty="~"), login_pid=0))
    await imported(store, LOGIN)
    assert await ends_of(store) == [(0, Outcome.CRASH, 90)]


async def test_what_was_between_two_files_corrects_what_they_let_conclude(store: Store) -> None:
    back, gone = wtmp(EventKind.LOGIN, 100, "bert", pid=10), wtmp(EventKind.LOGOUT, 160, pid=10)
    await imported(store, LOGIN)
    await imported(store, gone)
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 160)]
    await imported(store, LOGOUT, back)
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 60), (100, Outcome.LOGOUT, 160)]
    assert (await imported(store, LOGIN, LOGOUT, back, gone)).added == 0


async def test_an_earlier_end_is_not_believed_where_somebody_saw_the_end(store: Store) -> None:
    late = wtmp(EventKind.LOGOUT, 160)
    await watched(store, LOGIN, late)
    await imported(store, LOGOUT)
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 160)]


async def test_a_user_who_was_on_already_did_not_come_again(store: Store) -> None:
    await imported(store, row(EventKind.LOGIN, 30), ROW_OUT)
    await imported(store, ROW_IN)
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 60)]
    assert await events_of(store) == [EventKind.LOGIN, EventKind.LOGOUT]


async def test_the_same_login_twice_in_another_table_is_one_session(store: Store) -> None:
    await imported(store, ROW_IN)
    twice = row(EventKind.LOGIN, 0, ordinal=1)
    await imported(store, ROW_IN, twice, ROW_OUT)
    await imported(store, ROW_IN, twice, ROW_OUT, row(EventKind.LOGOUT, 60, ordinal=1))
    assert await ends_of(store) == [(0, Outcome.LOGOUT, 60)]
    assert await events_of(store) == [EventKind.LOGIN, EventKind.LOGOUT]
