"""The life of an alert in the store: its machines, what people say of it, what rules remember."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from msgspec.structs import replace

from whotop.clock import DAY_US, SECOND_US, ManualClock
from whotop.core.alert_marks import Mark, MarkKind
from whotop.core.feed import AlertChanged
from whotop.errors import StoreError
from whotop.model import Alert, Event, EventKind, Level
from whotop.store.batch import WriteBatch
from whotop.store.engine import make_schema_engine
from whotop.store.migrate import MIGRATIONS
from whotop.store.retention import RetentionSettings
from whotop.store.store import Store, open_store
from whotop.store.writer import StoreWriter

NOON_US = 1_763_726_400_000_000
MACHINES = tuple(f"web-{number:03d}" for number in range(200))
ATTACK = Alert(
    key=b"alert---attack01",
    rule="failed",
    level=Level.HIGH,
    machine="",
    machines=MACHINES,
    subject="203.0.113.9",
    text="412 failed logins from 203.0.113.9 on 200 machines",
    opened_us=NOON_US,
    updated_us=NOON_US,
    count=412,
)
MARK = Mark(alert_key=ATTACK.key, kind=MarkKind.ACKNOWLEDGED, by="alice", time_us=NOON_US + SECOND_US)

Open = Callable[[], Awaitable[Store]]


def written(alert: Alert) -> WriteBatch:
    return WriteBatch(alerts={alert.key: alert})


def rows(place: Path, table: str) -> int:
    with closing(sqlite3.connect(place)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


async def test_an_alert_over_many_machines_comes_back_with_all_of_them_in_their_order(store: Store) -> None:
    await store.commit(written(ATTACK))
    assert (await store.restore([])).alerts == [ATTACK]
    assert AlertChanged(ATTACK) in (await store.whole()).changes


async def test_who_follows_sees_the_machines_come_and_go(store: Store, opened: Open) -> None:
    follower = await opened()
    revision = await store.commit(written(ATTACK))
    await follower.whole()
    fewer = replace(ATTACK, machines=("db-02", *MACHINES[5:9]), text="fewer")
    await store.commit(written(fewer))
    batch = await follower.changes_since(revision)
    assert batch is not None
    assert batch.changes == (AlertChanged(fewer),)


async def test_its_machines_are_written_again_after_a_commit_that_failed(store: Store, place: Path) -> None:
    await store.commit(written(ATTACK))
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("DROP TABLE alert_marks")
        connection.commit()
        grown = replace(ATTACK, machines=(*MACHINES, "db-02"), text="grown")
        with pytest.raises(StoreError):
            await store.commit(WriteBatch(alerts={grown.key: grown}, marks_taken={1}))
        connection.execute("CREATE TABLE alert_marks (id INTEGER PRIMARY KEY, alert_key BLOB)")
        connection.commit()
    await store.commit(written(grown))
    assert (await store.restore([])).alerts == [grown]


async def test_what_people_said_of_an_alert_is_kept_with_it(store: Store) -> None:
    said = replace(ATTACK, acknowledged_us=NOON_US, acknowledged_by="alice", muted_until_us=NOON_US + DAY_US)
    await store.commit(written(said))
    assert (await store.restore([])).alerts == [said]


async def test_a_mark_left_by_one_process_is_found_by_another_once(store: Store, opened: Open) -> None:
    await store.commit(written(ATTACK))
    follower = await opened()
    await follower.marks.put(MARK)
    (mark_id,) = waiting = await store.marks.waiting(NOON_US)
    assert waiting == {mark_id: MARK}
    await store.commit(WriteBatch(alerts={ATTACK.key: ATTACK}, marks_taken={mark_id}))
    assert await store.marks.waiting(NOON_US) == {}


async def test_rules_remember_over_a_restart_what_they_said_last(store: Store, opened: Open) -> None:
    await store.commit(WriteBatch(rule_states={("cpu", "web-01"): {"since_us": 1}, ("failed", "x"): [1, "a\0b"]}))
    await store.commit(WriteBatch(rule_states={("cpu", "web-01"): {"since_us": 2}, ("failed", "x"): None}))
    assert (await (await opened()).restore([])).rule_states == {("cpu", "web-01"): {"since_us": 2}}


async def test_the_writer_asks_what_rules_remember_when_it_writes_what_that_came_of(
    store: Store, clock: ManualClock
) -> None:
    writer = StoreWriter(store, clock=clock)
    writer.rule_states = lambda: {("cpu", "web-01"): 7}
    writer.alert(ATTACK)
    await writer.flush()
    assert (await store.restore([])).rule_states == {("cpu", "web-01"): 7}


async def test_a_resolved_alert_leaves_with_its_machines_and_marks(store: Store, place: Path) -> None:
    standing = replace(ATTACK, key=b"alert---attack02")
    await store.commit(WriteBatch(alerts={standing.key: standing}))
    await store.commit(written(replace(ATTACK, resolved_us=NOON_US)))
    for alert in (ATTACK, standing):
        await store.marks.put(replace(MARK, alert_key=alert.key))
    await store.expire(NOON_US + RetentionSettings().event_seconds * SECOND_US + DAY_US)
    assert (await store.restore([])).alerts == [standing]
    assert rows(place, "alert_machines") == len(MACHINES)
    assert [mark.alert_key for mark in (await store.marks.waiting(NOON_US)).values()] == [standing.key]


async def test_what_a_rule_has_not_touched_for_long_leaves(store: Store, clock: ManualClock, place: Path) -> None:
    await store.commit(WriteBatch(rule_states={("dormant", "alice"): 1}))
    clock.advance(RetentionSettings().event_seconds + 1)
    await store.commit(WriteBatch(rule_states={("dormant", "bob"): 1}))
    await store.expire(clock.now_us())
    assert rows(place, "rule_states") == 1


async def test_a_store_of_the_first_schema_keeps_its_alerts(place: Path, clock: ManualClock) -> None:
    place.parent.mkdir()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    engine = make_schema_engine(place)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        columns = "key, rule, level, subject, text, opened_us, updated_us, count, evidence, late, revision"
        values = (ATTACK.key, "failed", "high", ATTACK.subject, "", NOON_US, NOON_US, 412, b"", False, 0)
        connection.exec_driver_sql(f"INSERT INTO alerts ({columns}) VALUES ({', '.join('?' * 11)})", values)
    engine.dispose()
    store = await open_store(place, clock=clock)
    assert (await store.restore([])).alerts == [replace(ATTACK, machines=(), text="")]
    await store.close()


async def test_an_alert_that_resolved_lately_is_there_for_a_start_since_it_may_come_back(
    store: Store, clock: ManualClock
) -> None:
    over = replace(ATTACK, resolved_us=clock.now_us())
    standing = replace(ATTACK, key=b"alert---attack02")
    await store.commit(WriteBatch(alerts={standing.key: standing, over.key: over}))
    assert (await store.restore([])).alerts == [over, standing]
    clock.advance(DAY_US // SECOND_US + 1)
    assert (await store.restore([])).alerts == [standing]


async def test_an_alert_grows_from_one_machine_over_several(store: Store) -> None:
    await store.commit(written(replace(ATTACK, machine="web-001", machines=(), text="one")))
    await store.commit(written(ATTACK))
    assert (await store.restore(["web-001"])).alerts == [ATTACK]


async def test_the_history_of_a_machine_has_the_alerts_that_it_shares_with_others(store: Store) -> None:
    own = replace(ATTACK, key=b"alert---own---01", machine="web-007", machines=(), opened_us=NOON_US + 1)
    other = replace(own, key=b"alert---other-01", machine="db-02")
    await store.commit(WriteBatch(alerts={alert.key: alert for alert in (ATTACK, own, other)}))
    assert await store.history.alerts(machine="web-007") == [own, ATTACK]
    assert await store.history.alerts(limit=2) == [other, own]


async def test_evidence_is_found_by_its_keys_and_what_surrounds_it_by_its_time(store: Store) -> None:
    events = [
        Event(machine="web-01", kind=EventKind.FAILED_LOGIN, time_us=NOON_US + number, key=bytes([number]) * 16)
        for number in range(5)
    ]
    await store.commit(WriteBatch(events={event.key: event for event in events}))
    assert await store.history.events_of([events[3].key, events[1].key, b"?" * 16]) == [events[1], events[3]]
    around = await store.history.events(machine="web-01", start_us=NOON_US + 1, end_us=NOON_US + 4)
    assert around == events[3:0:-1]
