"""Machines, users and sources are found by a part of their name, however many sessions there are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import URL

from whotop.clock import HOUR_US
from whotop.core.names import KnownName, NameKind
from whotop.model import Event, EventKind, Machine, MachineState, Outcome, Session
from whotop.store import names
from whotop.store.batch import WriteBatch
from whotop.store.names import failures_by, logins_by, machines_statement, statements_for
from whotop.store.store import Store

NOON_US = 1_763_726_400_000_000


async def keep(store: Store, *logins: tuple[str, str, str]) -> None:
    """Sessions of (machine, user, source), one a second."""
    made = [
        Session(
            key=number.to_bytes(16),
            machine=machine,
            user=user,
            source=source,
            login_us=NOON_US + number,
            logout_us=NOON_US + number + 1,
            outcome=Outcome.LOGOUT,
        )
        for number, (machine, user, source) in enumerate(logins)
    ]
    await store.commit(WriteBatch(sessions={each.key: each for each in made}))


async def keep_failures(store: Store, *failures: tuple[str, str, str]) -> None:
    """Failed logins on (machine, user, source), one a second, an hour after the sessions."""
    made = [
        Event(
            key=number.to_bytes(16),
            kind=EventKind.FAILED_LOGIN,
            machine=machine,
            user=user,
            source=source,
            time_us=NOON_US + HOUR_US + number,
        )
        for number, (machine, user, source) in enumerate(failures)
    ]
    await store.commit(WriteBatch(events={each.key: each for each in made}))


async def found(store: Store, text: str, kind: NameKind, limit: int = 8) -> list[str]:
    return [known.name for known in await store.history.names_like(text, kind, limit)]


async def test_names_that_begin_with_the_text_come_before_those_that_have_it(store: Store) -> None:
    await keep(store, *(("web", user, "10.0.0.7") for user in ("joann", "bob", "annette", "ann")))
    assert await found(store, "ann", NameKind.USER) == ["ann", "annette", "joann"]
    assert await found(store, "ann", NameKind.USER, 2) == ["ann", "annette"]
    assert await found(store, "nobody", NameKind.USER) == []


async def test_capitals_make_no_difference(store: Store) -> None:
    await keep(store, *(("web", user, "") for user in ("Ann", "ANNA", "joANN", "ann")))
    for typed in ("ann", "ANN", "aNn"):
        assert await found(store, typed, NameKind.USER) == ["Ann", "ann", "ANNA", "joANN"]


async def test_a_name_comes_once_with_its_last_login(store: Store) -> None:
    await keep(store, ("web", "ann", "10.0.0.7"), ("db", "ann", "10.0.0.7"), ("web", "bob", "10.0.0.8"))
    history = store.history
    assert await history.names_like("ann", NameKind.USER) == [KnownName(NameKind.USER, "ann", NOON_US + 1)]
    assert await history.names_like("10.", NameKind.SOURCE) == [
        KnownName(NameKind.SOURCE, "10.0.0.7", NOON_US + 1),
        KnownName(NameKind.SOURCE, "10.0.0.8", NOON_US + 2),
    ]
    assert await history.names_like("we", NameKind.MACHINE) == [KnownName(NameKind.MACHINE, "web", NOON_US + 2)]


async def test_whoever_only_failed_is_found_after_those_who_got_in(store: Store) -> None:
    await keep(store, ("web", "joann", "10.0.0.7"))
    await keep_failures(store, ("web", "ann", "203.0.113.5"), ("web", "annette", "10.0.0.7"), ("web", "joann", ""))
    assert await store.history.names_like("n", NameKind.USER) == [
        KnownName(NameKind.USER, "joann", NOON_US, NOON_US + HOUR_US + 2),
        KnownName(NameKind.USER, "ann", 0, NOON_US + HOUR_US),
        KnownName(NameKind.USER, "annette", 0, NOON_US + HOUR_US + 1),
    ]
    assert await found(store, "ann", NameKind.USER) == ["ann", "joann", "annette"]
    assert await found(store, "0.", NameKind.SOURCE) == ["10.0.0.7", "203.0.113.5"]
    (web,) = await store.history.names_like("web", NameKind.MACHINE)
    assert (web.last_login_us, web.last_failed_us) == (NOON_US, NOON_US + HOUR_US + 2)


async def test_many_names_that_a_guesser_tried_hide_nobody(store: Store) -> None:
    await keep(store, ("web", "zoe", ""))
    await keep_failures(store, *(("web", f"user-{letter}e", "") for letter in "abcdefgh"))
    assert (await found(store, "e", NameKind.USER, 3))[0] == "zoe"


async def test_without_a_text_all_names_are_found_but_the_empty_one(store: Store) -> None:
    await keep(store, ("web", "ann", ""), ("web", "", "10.0.0.7"))
    assert await found(store, "", NameKind.USER) == ["ann"]
    assert await found(store, "", NameKind.SOURCE) == ["10.0.0.7"]


@pytest.mark.parametrize("kind", NameKind)
async def test_signs_of_the_databases_own_patterns_are_letters_like_others(store: Store, kind: NameKind) -> None:
    await keep(store, ("a%b_c", "a%b_c", "a%b_c"), ("axbyc", "axbyc", "axbyc"))
    assert await found(store, "%b_", kind) == ["a%b_c"]
    assert await found(store, "a%", kind) == ["a%b_c"]


async def test_machines_that_nobody_watches_come_before_those_that_match_as_well(store: Store) -> None:
    watched = Machine(name="web-01", address="web-01", state=MachineState.UP, state_since_us=NOON_US)
    await store.commit(WriteBatch(machines={"web-01": watched}))
    await keep(store, ("web-09", "ann", ""), ("old-web", "ann", ""))
    assert await found(store, "web", NameKind.MACHINE) == ["web-09", "web-01", "old-web"]
    assert sorted(await store.history.machine_names()) == ["old-web", "web-01", "web-09"]


async def test_a_text_in_the_middle_is_looked_for_in_so_many_names_and_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "STEPS", 3)
    await keep(store, *(("web", f"user-{letter}", "") for letter in "abcd"))
    assert await found(store, "-", NameKind.USER) == ["user-a", "user-b", "user-c"]
    assert await found(store, "user-d", NameKind.USER) == ["user-d"]


@pytest.mark.parametrize("kind", [NameKind.USER, NameKind.SOURCE])
async def test_names_are_stepped_through_by_their_indexes(store: Store, place: Path, kind: NameKind) -> None:
    dialect = URL.create("sqlite").get_dialect()()
    column = logins_by(kind).column.name
    by_index = (
        f"SEARCH sessions USING COVERING INDEX ix_sessions_{column}_fleet_login_us ({column}",
        f"SEARCH events USING INDEX ix_events_failed_{column}_fleet_time_us ({column}",
        f"SEARCH events USING COVERING INDEX ix_events_failed_{column}_fleet_time_us ({column}",  # newer SQLite
    )
    with closing(sqlite3.connect(place)) as database:
        for statement in chain(
            *(statements_for(named, "ann", kind, 8) for named in (logins_by(kind), failures_by(kind)))
        ):
            text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            steps = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + text)]
            read = [step for step in steps if "sessions" in step or "events" in step]
            assert read
            assert all(step.startswith(by_index) for step in read)


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_questions_can_be_asked_in_both_databases(name: str) -> None:
    dialect = URL.create(name).get_dialect()()
    users = (
        statements_for(named, "ann", NameKind.USER, 8)
        for named in (logins_by(NameKind.USER), failures_by(NameKind.USER))
    )
    statements = [*chain(*users), machines_statement("ann", 8)]
    assert all("SELECT" in str(statement.compile(dialect=dialect)) for statement in statements)
