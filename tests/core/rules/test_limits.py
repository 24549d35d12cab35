from __future__ import annotations

from typing import Any

import pytest

from whotop.clock import SECOND_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.machine_tables import ClockTable, CpuTable, DiskTable, MemoryTable
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import Scope
from whotop.model import Alert, Disk, Machine, Sample


def sample(seconds: float, **figures: Any) -> Sample:
    disks = tuple(
        Disk(mount=mount, size_bytes=100, available_bytes=1, used_percent=percent)
        for mount, percent in figures.pop("disks", {}).items()
    )
    return Sample(machine="web-01", time_us=round(seconds * SECOND_US), disks=disks, **figures)


def feed(book: RuleBook, seconds: range, **figures: Any) -> list[Alert]:
    return [
        alert for second in seconds for alert in book.on_sample(sample(second, **figures), round(second * SECOND_US))
    ]


def test_a_figure_must_stay_over_its_limit_for_its_time() -> None:
    book = RuleBook(RuleSettings())
    assert feed(book, range(0, 300, 5), cpu_percent=97.0) == []
    (alert,) = feed(book, range(300, 320, 5), cpu_percent=97.0)
    assert (alert.rule, alert.machine, alert.text) == ("cpu", "web-01", "cpu 97% over 90%")
    assert (alert.value, alert.limit, alert.opened_us, alert.updated_us) == (97.0, 90.0, 0, 300 * SECOND_US)


def test_one_reading_below_starts_the_time_anew() -> None:
    book = RuleBook(RuleSettings())
    feed(book, range(0, 295, 5), cpu_percent=97.0)
    feed(book, range(295, 300, 5), cpu_percent=90.0)
    assert feed(book, range(300, 595, 5), cpu_percent=97.0) == []


def test_it_resolves_only_five_points_below_its_limit() -> None:
    book = RuleBook(RuleSettings())
    feed(book, range(0, 305, 5), cpu_percent=97.0)
    assert feed(book, range(305, 400, 5), cpu_percent=86.0) == []
    (resolved,) = feed(book, range(400, 420, 5), cpu_percent=85.0)
    assert resolved.resolved_us == 400 * SECOND_US


def test_an_open_alert_is_told_again_only_when_its_figure_has_moved_five_points() -> None:
    book = RuleBook(RuleSettings(memory=MemoryTable(percent=50.0)))
    feed(book, range(0, 305, 5), memory_percent=60.0)
    assert feed(book, range(305, 400, 5), memory_percent=64.0) == []
    (updated,) = feed(book, range(400, 500, 5), memory_percent=66.0)
    assert (updated.text, updated.opened_us, updated.updated_us) == ("memory 66% over 50%", 0, 400 * SECOND_US)


def test_readings_far_apart_make_no_time_together() -> None:
    book = RuleBook(RuleSettings())
    feed(book, range(0, 100, 5), cpu_percent=97.0)
    assert feed(book, range(1000, 1005, 5), cpu_percent=97.0) == []


def test_a_slow_machines_readings_are_far_apart_by_nature() -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(Machine(name="web-01", address="", interval_seconds=120.0), 0)
    assert len(feed(book, range(0, 601, 120), cpu_percent=97.0)) == 1


def test_each_file_system_has_an_alert_of_its_own() -> None:
    book = RuleBook(RuleSettings(disk=DiskTable(for_seconds=0)))
    alerts = feed(book, range(0, 30, 5), disks={"/": 91.0, "/var": 95.0, "/home": 10.0})
    assert [(alert.subject, alert.text) for alert in alerts] == [
        ("/", "disk / 91% over 90%"),
        ("/var", "disk /var 95% over 90%"),
    ]


def test_a_file_system_that_is_unmounted_is_full_no_longer() -> None:
    book = RuleBook(RuleSettings(disk=DiskTable(for_seconds=0)))
    feed(book, range(0, 5, 5), disks={"/": 10.0, "/mnt": 95.0})
    (resolved,) = feed(book, range(5, 10, 5), disks={"/": 10.0})
    assert (resolved.subject, resolved.is_open) == ("/mnt", False)


def test_a_reading_without_a_figure_says_nothing() -> None:
    book = RuleBook(RuleSettings(cpu=CpuTable(for_seconds=0)))
    assert len(feed(book, range(0, 5, 5), cpu_percent=99.0)) == 1
    assert feed(book, range(5, 50, 5)) == []


def test_an_alert_of_the_store_is_not_opened_again() -> None:
    before = RuleBook(RuleSettings())
    opened = feed(before, range(0, 305, 5), cpu_percent=97.0)
    after = RuleBook(RuleSettings(), opened)
    assert feed(after, range(310, 900, 5), cpu_percent=97.0) == []
    (resolved,) = feed(after, range(900, 910, 5), cpu_percent=10.0)
    assert resolved.key == opened[0].key


def test_a_rule_can_be_off() -> None:
    book = RuleBook(RuleSettings(cpu=CpuTable(on=False), disk=DiskTable(on=False), clock=ClockTable(on=False)))
    assert feed(book, range(0, 600, 5), cpu_percent=99.0, disks={"/": 99.0}, skew_us=60 * SECOND_US) == []


@pytest.mark.parametrize(("percent", "opens"), [(50.0, False), (50.4, True), (9.0, False), (100.0, True)])
def test_a_limit_compares_as_numbers_strictly_greater(percent: float, opens: bool) -> None:
    book = RuleBook(RuleSettings(memory=MemoryTable(percent=50.0, for_seconds=0)))
    assert bool(feed(book, range(1), memory_percent=percent)) is opens


def test_with_no_time_the_first_reading_over_opens_and_the_first_that_is_not_resolves() -> None:
    scope = Scope(machines=("web-01",), changes={"percent": 50.0, "for_seconds": 0.0})
    book = RuleBook(RuleSettings(memory=MemoryTable(scopes=(scope,))))
    (opened,) = feed(book, range(1), memory_percent=50.4)
    assert opened.text == "memory 50.4% over 50.0%"
    (over,) = feed(book, range(5, 6), memory_percent=50.0)
    assert (over.key, over.is_open) == (opened.key, False)


def test_it_resolves_too_when_it_has_been_under_its_limit_for_its_time() -> None:
    book = RuleBook(RuleSettings())
    feed(book, range(0, 305, 5), cpu_percent=97.0)
    assert feed(book, range(305, 605, 5), cpu_percent=88.0) == []
    assert [alert.is_open for alert in feed(book, range(605, 610, 5), cpu_percent=88.0)] == [False]


def test_swap_and_load_have_limits_too() -> None:
    book = RuleBook(RuleSettings())
    alerts = feed(book, range(0, 305, 5), swap_percent=81.0, load15=8.6, cpu_count=4)
    assert [alert.text for alert in alerts] == ["load 2.1 over 2.0 per core", "swap 81% over 80%"]


def test_a_load_of_unknown_cores_says_nothing() -> None:
    assert feed(RuleBook(RuleSettings()), range(0, 305, 5), load15=99.0) == []


@pytest.mark.parametrize("figure", [float("inf"), float("nan"), float("-inf")])
def test_what_is_no_number_says_nothing(figure: float) -> None:
    book = RuleBook(RuleSettings(cpu=CpuTable(for_seconds=0)))
    feed(book, range(1), cpu_percent=97.0)
    assert feed(book, range(1, 9), cpu_percent=figure, load15=figure, cpu_count=1) == []


def test_another_limit_is_told_at_once() -> None:
    told = feed(RuleBook(RuleSettings(cpu=CpuTable(for_seconds=0))), range(1), cpu_percent=97.0)
    book = RuleBook(RuleSettings(cpu=CpuTable(for_seconds=0, percent=80.0)), told)
    assert [alert.text for alert in feed(book, range(5, 6), cpu_percent=97.0)] == ["cpu 97% over 80%"]


def test_since_when_a_figure_is_over_outlives_a_restart() -> None:
    before = RuleBook(RuleSettings())
    feed(before, range(0, 200, 5), cpu_percent=97.0)
    after = RuleBook(RuleSettings())
    after.restore_state(before.state())
    (alert,) = feed(after, range(300, 301), cpu_percent=97.0)
    assert alert.opened_us == 0


def test_two_runs_an_hour_apart_that_both_find_it_over_are_one_time() -> None:
    states: dict[tuple[str, str], object] = {}
    changed = []
    for second in (0, 3_600):
        book = RuleBook(RuleSettings())
        book.restore_state(states)
        changed += feed(book, range(second, second + 1), cpu_percent=97.0)
        states |= book.state()
    assert [alert.updated_us for alert in changed] == [3_600 * SECOND_US]


def test_a_run_that_finds_it_under_its_limit_forgets() -> None:
    first = RuleBook(RuleSettings())
    feed(first, range(1), cpu_percent=97.0)
    second = RuleBook(RuleSettings())
    second.restore_state(first.state())
    feed(second, range(600, 601), cpu_percent=10.0)
    assert second.state() == {("cpu", "web-01\t"): None}


def test_only_what_has_changed_is_to_be_stored() -> None:
    book = RuleBook(RuleSettings())
    feed(book, range(0, 5, 5), cpu_percent=97.0)
    assert book.state() == {("cpu", "web-01\t"): [True, 0, 0]}
    feed(book, range(5, 30, 5), cpu_percent=97.0)
    assert book.state() == {}
    feed(book, range(30, 65, 5), cpu_percent=97.0)
    assert book.state() == {("cpu", "web-01\t"): [True, 0, 60 * SECOND_US]}


def test_a_limit_with_a_fraction_is_told_with_it() -> None:
    book = RuleBook(RuleSettings(memory=MemoryTable(percent=1.5, for_seconds=0)))
    (alert,) = feed(book, range(1), memory_percent=13.0)
    assert alert.text == "memory 13.0% over 1.5%"
