from __future__ import annotations

from typing import Any

from whotop.clock import SECOND_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.machine_tables import ClockTable, CpuTable, DiskTable, MemoryTable
from whotop.core.rules.settings import RuleSettings
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
