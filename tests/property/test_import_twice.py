"""Whatever a machine's records tell, importing them again changes nothing in the store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import count, pairwise
from operator import attrgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.property.wtmp_courses import NATIVE, Record, courses
from whotop.clock import SECOND_US, SystemClock
from whotop.model import Event, EventKind, Origin, Standing
from whotop.monitor.history_import import import_history
from whotop.parse import utmp
from whotop.parse.event_row import numbered
from whotop.store.store import Store, open_store

Told = Callable[[list[Record], str], list[Event]]
Rows = list[tuple[object, ...]]
APART_US = 3 * SECOND_US


class Imports:
    """One store for all courses: each is of a machine of its own."""

    def __init__(self, run: asyncio.Runner, store: Store, database: sqlite3.Connection) -> None:
        self._run, self._store, self._database = run, store, database
        self._names = (f"web-{number}" for number in count())

    def new_machine(self) -> str:
        return next(self._names)

    def add(self, events: Iterable[Event]) -> int:
        """How many events were new."""
        in_order = sorted(events, key=attrgetter("time_us"))
        return self._run.run(import_history(iter(in_order), self._store.imports)).added

    def kept(self, machine: str) -> tuple[Rows, Rows]:
        """Every row of its events and its sessions."""
        return self._rows("events", machine), self._rows("sessions", machine)

    def told(self, machine: str) -> tuple[Rows, Rows]:
        """What is kept of it, but for keys, and in which order that came."""
        events = self._rows("events", machine, "time_us, kind, user_name, tty, source, duration_us, outcome")
        return sorted(events, key=repr), self._rows(
            "sessions",
            machine,
            "login_us, user_name, tty, source, logout_us, outcome, login_pid",
            "login_us, login_pid",
        )

    def _rows(self, table: str, machine: str, columns: str = "kept.*", order: str = "kept.id") -> Rows:
        chosen = f"SELECT {columns} FROM {table} kept JOIN machines m ON m.id = kept.machine_id WHERE m.name = ?"
        return self._database.execute(f"{chosen} ORDER BY {order}", (machine,)).fetchall()


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imports]:
    place = tmp_path_factory.mktemp("imports") / "store.db"
    with asyncio.Runner() as run:
        store = run.run(open_store(place, clock=SystemClock()))
        with closing(sqlite3.connect(place)) as database:
            yield Imports(run, store, database)
        run.run(store.close())


def records_of(course: list[Record], machine: str) -> list[Event]:
    data = b"".join(record.packed(NATIVE) for record in course)
    return list(
        utmp.events(data, machine, Origin.WTMP, ordinals=utmp.Ordinals(), layout=NATIVE, standing=Standing.HISTORY)
    )


def rows_of(course: list[Record], machine: str) -> list[Event]:
    """The same as a table of whole seconds, which names no terminals."""
    rows = [
        Event(
            machine=machine,
            kind=event.kind,
            time_us=event.time_us // SECOND_US * SECOND_US,
            user=event.user or "alice",
            standing=Standing.HISTORY,
        )
        for event in records_of(course, machine)
        if event.kind in (EventKind.LOGIN, EventKind.LOGOUT)
    ]
    return list(numbered(rows))


def log_of(course: list[Record], machine: str, delay_us: int) -> list[Event]:
    """What sshd's log tells of the same: its own process, no terminal, and a little later."""
    return [
        replace(
            event,
            origin=Origin.AUTH_LOG,
            time_us=event.time_us + delay_us,
            tty="",
            leader_pid=event.login_pid + 1,
            login_pid=0,
            record_id=str(event.login_pid + 1),
        )
        for event in records_of(course, machine)
        if event.kind in (EventKind.LOGIN, EventKind.LOGOUT) and event.login_pid
    ]


twice = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("told", [records_of, rows_of])
@twice
@given(course=courses())
def test_the_same_file_again_adds_nothing(imports: Imports, told: Told, course: list[Record]) -> None:
    machine = imports.new_machine()
    events = told(course, machine)
    imports.add(events)
    kept = imports.kept(machine)
    assert imports.add(events) == 0
    assert imports.kept(machine) == kept


@twice
@given(course=courses(), cut=st.integers(0, 40))
def test_a_log_that_was_rotated_in_between_adds_nothing(imports: Imports, course: list[Record], cut: int) -> None:
    machine = imports.new_machine()
    events = records_of(course, machine)
    imports.add(events[:cut])
    imports.add(events[cut:])
    kept = imports.kept(machine)
    assert imports.add(events[:cut]) == imports.add(events[cut:]) == 0
    assert imports.kept(machine) == kept


@twice
@given(course=courses(), delay_us=st.sampled_from([0, 300_000, 1_000_000]), turns=st.permutations([0, 1, 2]))
def test_what_two_origins_told_together_changes_by_none_of_them_alone(
    imports: Imports, course: list[Record], delay_us: int, turns: list[int]
) -> None:
    machine = imports.new_machine()
    records, log = records_of(course, machine), log_of(course, machine, delay_us)
    imports.add([*records, *log])
    kept = imports.kept(machine)
    for turn in turns:
        assert imports.add([records, log, [*log, *records]][turn]) == 0
        assert imports.kept(machine) == kept


@pytest.mark.parametrize("told", [records_of, rows_of])
@settings(twice, max_examples=12, derandomize=True)
@given(course=courses(), places=st.sets(st.integers(1, 39), max_size=3), chosen=st.permutations(range(4)))
def test_the_parts_of_a_file_in_any_order_are_as_the_whole(
    imports: Imports, told: Told, course: list[Record], places: set[int], chosen: list[int]
) -> None:
    at_once, bit_by_bit = imports.new_machine(), imports.new_machine()
    imports.add(told(course, at_once))
    parts = [told(part, bit_by_bit) for part in cut(course, places)]
    for number in chosen:
        imports.add(parts[number] if number < len(parts) else [])
    assert imports.told(bit_by_bit) == imports.told(at_once)
    assert imports.add(told(course, bit_by_bit)) == 0
    assert imports.told(bit_by_bit) == imports.told(at_once)


def cut(course: list[Record], places: set[int]) -> list[list[Record]]:
    """No login is told by two parts: each begins well after the one before."""
    apart = [at for at in sorted(places) if at < len(course) and course[at].time_us - course[at - 1].time_us > APART_US]
    return [course[start:end] for start, end in pairwise([0, *apart, len(course)])]


def test_a_login_at_the_very_time_of_a_boot_is_not_ended_by_it(imports: Imports) -> None:
    machine = imports.new_machine()
    boot = Event(machine=machine, kind=EventKind.BOOT, time_us=SECOND_US, origin=Origin.WTMP)
    login = replace(boot, kind=EventKind.LOGIN, user="alice", tty="pts/0", login_pid=7)
    assert imports.add([boot, login]) == 2
    assert imports.add([boot, login]) == 0
