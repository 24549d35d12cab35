"""Machines, users and sources are found by a part of their name, however many sessions there are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import URL

from whotop.core.names import KnownName, NameKind
from whotop.model import Machine, MachineState, Outcome, Session
from whotop.store import names
from whotop.store.batch import WriteBatch
from whotop.store.names import machines_statement, statements_for
from whotop.store.schema import sessions
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


@pytest.mark.parametrize("column", ["user_name", "source"])
async def test_no_session_is_read_to_find_a_name(store: Store, place: Path, column: str) -> None:
    dialect = URL.create("sqlite").get_dialect()()
    with sqlite3.connect(place) as database:
        for statement in statements_for(sessions.c[column], "ann", 8):
            text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            steps = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + text)]
            read = [step for step in steps if "sessions" in step]
            index = f"SEARCH sessions USING COVERING INDEX ix_sessions_{column}_fleet_login_us ({column}"
            assert read
            assert all(step.startswith(index) for step in read)


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_questions_can_be_asked_in_both_databases(name: str) -> None:
    dialect = URL.create(name).get_dialect()()
    statements = [*statements_for(sessions.c.user_name, "ann", 8), machines_statement("ann", 8)]
    assert all("SELECT" in str(statement.compile(dialect=dialect)) for statement in statements)
