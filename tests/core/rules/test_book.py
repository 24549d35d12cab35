"""What the book does with any rule."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from whotop.clock import SECOND_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.machine_tables import ClockTable, CpuTable
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import RuleTable, Scope
from whotop.model import Alert, Event, Machine, Sample

MakeEvent = Callable[..., Event]
OFF_BUT_FOR_BATCH = CpuTable(on=False, scopes=(Scope(machines=("@batch",), changes={"on": True, "for_seconds": 0.0}),))


def busy(book: RuleBook, machine: str, seconds: float = 0) -> list[Alert]:
    return book.on_sample(Sample(machine=machine, time_us=0, cpu_percent=99.0), round(seconds * SECOND_US))


def test_a_rule_that_is_on_in_a_scope_judges_there() -> None:
    book = RuleBook(RuleSettings(cpu=OFF_BUT_FOR_BATCH))
    book.on_machine(Machine(name="build-1", address="", tags=("batch",)), 0)
    assert (busy(book, "web-01"), len(busy(book, "build-1"))) == ([], 1)


def test_a_tag_that_is_taken_away_takes_its_scope_with_it() -> None:
    book = RuleBook(RuleSettings(cpu=OFF_BUT_FOR_BATCH))
    book.on_machine(Machine(name="build-1", address="", tags=("batch",)), 0)
    busy(book, "build-1")
    book.on_machine(Machine(name="build-1", address=""), 1)
    assert [alert.is_open for alert in busy(book, "build-1", 5)] == [False]


def test_what_the_store_has_of_a_rule_that_is_off_now_is_resolved() -> None:
    before = RuleBook(RuleSettings(clock=ClockTable(warn_seconds=1)))
    opened = before.on_sample(Sample(machine="web-01", time_us=0, skew_us=5 * SECOND_US), 0)
    book = RuleBook(RuleSettings(clock=ClockTable(on=False)), opened)
    assert [(alert.key, alert.is_open) for alert in book.tick(5)] == [(opened[0].key, False)]
    assert book.tick(6) == []


def test_an_alert_that_comes_back_within_a_quarter_of_an_hour_is_the_same_one() -> None:
    book = RuleBook(RuleSettings(cpu=CpuTable(for_seconds=0)))
    alerts = busy(book, "web-01", 0)
    alerts += book.on_sample(Sample(machine="web-01", time_us=0, cpu_percent=1.0), 60 * SECOND_US)
    alerts += busy(book, "web-01", 600)
    first, over, again = alerts
    assert first.key == over.key == again.key
    assert (again.is_open, again.count, again.opened_us) == (True, 2, 0)


def test_after_that_it_is_another_one() -> None:
    book = RuleBook(RuleSettings(cpu=CpuTable(for_seconds=0), reopen_seconds=60))
    first = busy(book, "web-01", 0)[0]
    book.on_sample(Sample(machine="web-01", time_us=0, cpu_percent=1.0), 10 * SECOND_US)
    (second,) = busy(book, "web-01", 71)
    assert second.key != first.key


def test_it_comes_back_as_the_same_after_a_restart() -> None:
    settings = RuleSettings(cpu=CpuTable(for_seconds=0))
    book = RuleBook(settings)
    busy(book, "web-01", 0)
    (over,) = book.on_sample(Sample(machine="web-01", time_us=0, cpu_percent=1.0), 60 * SECOND_US)
    (again,) = busy(RuleBook(settings, [over]), "web-01", 100)
    assert again.key == over.key


def test_everything_can_be_off(event: MakeEvent) -> None:
    tables = {name: replace(table, on=False) for name, table in RuleSettings().tables().items()}
    book = RuleBook(replace(RuleSettings(), **tables))
    assert busy(book, "web-01") == book.on_login(event("login", 1), 2) == []
    assert book.on_failed_login(event("failed", 1), 2) == []
    assert book.tick(5) == book.forget("web-01", 6) == []
    assert book.state() == {}


def test_states_of_rules_that_are_not_there_are_left_alone() -> None:
    book = RuleBook(RuleSettings())
    book.restore_state({("of-old", "x"): 5, ("cpu", "web-01"): "nonsense", ("cpu", "web-01\t"): [1, 2]})
    assert busy(book, "web-01") == []


def test_no_rule_shares_a_field_that_it_does_not_have() -> None:
    for table in RuleSettings().tables().values():
        assert isinstance(table, RuleTable)
        assert table.fleet_wide <= set(table.__struct_fields__)
