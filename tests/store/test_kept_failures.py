"""Failed logins of any age are counted for a machine, a user and a source."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import URL

from whotop.clock import DAY_US
from whotop.core.failure_book import FailureKey
from whotop.core.kept_failures import KeptFailures, KeptTally
from whotop.core.names import NameKind
from whotop.model import Event, EventKind
from whotop.store import kept_failures
from whotop.store.batch import WriteBatch
from whotop.store.kept_failures import statement_for
from whotop.store.store import Store

NOON_US = 1_763_726_400_000_000
GUESSER, OFFICE = "203.0.113.5", "10.0.0.7"


def event(number: int, machine: str, user: str, source: str, kind: EventKind = EventKind.FAILED_LOGIN) -> Event:
    """One a day, the higher numbers later."""
    time_us = NOON_US + number * DAY_US
    tty = f"tty{number}"
    return Event(
        key=number.to_bytes(16), kind=kind, machine=machine, user=user, source=source, tty=tty, time_us=time_us
    )


async def keep(store: Store, *events: Event) -> None:
    await store.commit(WriteBatch(events={each.key: each for each in events}))


@pytest.fixture
async def tried(store: Store) -> Store:
    await keep(
        store,
        event(1, "web", "root", GUESSER),
        event(5, "web", "root", GUESSER),
        event(3, "web", "root", GUESSER),
        event(2, "web", "admin", GUESSER),
        event(4, "db", "root", OFFICE),
        event(6, "web", "root", OFFICE, EventKind.LOGIN),
    )
    return store


WEB_ROOT = KeptTally(FailureKey("web", "root", GUESSER), 3, NOON_US + 5 * DAY_US, "tty5")
WEB_ADMIN = KeptTally(FailureKey("web", "admin", GUESSER), 1, NOON_US + 2 * DAY_US, "tty2")
DB_ROOT = KeptTally(FailureKey("db", "root", OFFICE), 1, NOON_US + 4 * DAY_US, "tty4")


@pytest.mark.parametrize(
    ("kind", "name", "kept"),
    [
        (NameKind.MACHINE, "web", KeptFailures((WEB_ROOT, WEB_ADMIN), 4)),
        (NameKind.USER, "root", KeptFailures((WEB_ROOT, DB_ROOT), 4)),
        (NameKind.SOURCE, GUESSER, KeptFailures((WEB_ROOT, WEB_ADMIN), 4)),
        (NameKind.USER, "nobody", KeptFailures()),
        (NameKind.MACHINE, "nowhere", KeptFailures()),
    ],
)
async def test_they_are_counted_by_machine_user_and_source_the_latest_first(
    tried: Store, kind: NameKind, name: str, kept: KeptFailures
) -> None:
    assert await tried.history.failed_logins(kind, name) == kept


async def test_tallies_that_are_not_listed_are_counted_all_the_same(tried: Store) -> None:
    assert await tried.history.failed_logins(NameKind.MACHINE, "web", limit=1) == KeptFailures((WEB_ROOT,), 4)


async def test_of_very_many_the_newest_are_counted_and_it_is_told(
    tried: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_failures, "ROWS_READ", 2)
    kept = await tried.history.failed_logins(NameKind.USER, "root")
    assert not kept.is_all
    assert [(tally.key.machine, tally.count) for tally in kept.tallies] == [("web", 1), ("db", 1)]


async def test_two_within_one_microsecond_are_one_tally(store: Store) -> None:
    twice = [replace(event(number, "web", "root", GUESSER), time_us=NOON_US) for number in (1, 2)]
    await keep(store, *twice)
    assert [tally.count for tally in (await store.history.failed_logins(NameKind.USER, "root")).tallies] == [2]


@pytest.mark.parametrize(
    ("kind", "column"),
    [(NameKind.MACHINE, "machine_id"), (NameKind.USER, "user_name"), (NameKind.SOURCE, "source")],
)
async def test_other_events_are_not_read(store: Store, place: Path, kind: NameKind, column: str) -> None:
    text = str(
        statement_for(kind, "root", 8).compile(
            dialect=URL.create("sqlite").get_dialect()(), compile_kwargs={"literal_binds": True}
        )
    )
    with closing(sqlite3.connect(place)) as database:
        steps = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + text)]
    assert [step for step in steps if "events" in step] == [
        f"SEARCH events USING INDEX ix_events_failed_{column}_fleet_time_us ({column}=?)",
        "SEARCH events USING INDEX ix_events_failed_source_fleet_time_us (source=? AND fleet_time_us=?)",
    ]


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_the_question_can_be_asked_in_both_databases(name: str) -> None:
    dialect = URL.create(name).get_dialect()()
    assert all("'failed'" in str(statement_for(kind, "web", 8).compile(dialect=dialect)) for kind in NameKind)
