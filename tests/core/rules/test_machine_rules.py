"""The rules about a machine as a whole: unreachable, rebooted, clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from whotop.clock import SECOND_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, Level, Machine, MachineState, Sample, Standing

MakeEvent = Callable[..., Event]


def machine(state: str = "up", **fields: Any) -> Machine:
    return Machine(name="web-01", address="", state=MachineState(state), **fields)


def skewed(book: RuleBook, seconds: float) -> list[Alert]:
    return book.on_sample(Sample(machine="web-01", time_us=0, skew_us=round(seconds * SECOND_US)), 5)


def test_a_stale_machine_is_a_warning_that_becomes_high_when_it_is_down() -> None:
    book = RuleBook(RuleSettings())
    assert book.on_machine(machine("connecting"), 0) == book.on_machine(machine("up"), 1) == []
    (stale,) = book.on_machine(machine("stale", reason="no sample for 10s"), 2)
    (down,) = book.on_machine(machine("down", reason="connection refused"), 3)
    assert (stale.level, stale.text) == (Level.WARN, "stale: no sample for 10s")
    assert (down.level, down.text) == (Level.HIGH, "unreachable: connection refused")
    assert (down.key, down.opened_us, down.updated_us) == (stale.key, 2, 3)


def test_it_resolves_when_the_machine_is_up_and_not_while_it_is_tried() -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(machine("down", reason="connection refused"), 3)
    assert book.on_machine(machine("connecting"), 4) == []
    (resolved,) = book.on_machine(machine("up"), 5)
    assert resolved.resolved_us == 5
    assert book.on_machine(machine("up"), 6) == []


def test_the_same_state_again_is_no_news() -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(machine("down", reason="connection refused"), 3)
    assert book.on_machine(machine("down", reason="connection refused"), 4) == []


def test_another_boot_id_is_a_reboot() -> None:
    book = RuleBook(RuleSettings())
    assert book.on_machine(machine(boot_id="b1"), 10) == []
    (alert,) = book.on_machine(machine(boot_id="b2", boot_us=15), 20)
    assert (alert.rule, alert.text, alert.late) == ("rebooted", "rebooted", False)


def test_a_reboot_before_we_watched_is_late() -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(machine("down", boot_id="b1"), 10)
    rebooted = [alert for alert in book.on_machine(machine(boot_id="b2", boot_us=5), 20) if alert.rule == "rebooted"]
    assert [alert.late for alert in rebooted] == [True]


def test_further_reboots_within_the_hour_are_counted() -> None:
    book = RuleBook(RuleSettings())
    texts = [
        alert.text
        for number, boot_id in enumerate(("b1", "b2", "b3"))
        for alert in book.on_machine(machine(boot_id=boot_id), number)
    ]
    assert texts == ["rebooted", "rebooted 2 times"]


def test_a_reboot_stands_for_an_hour() -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(machine(boot_id="b1"), 0)
    book.on_machine(machine(boot_id="b2"), 0)
    assert book.tick(3_600 * SECOND_US - 1) == []
    (resolved,) = book.tick(3_600 * SECOND_US)
    assert not resolved.is_open


@pytest.mark.parametrize(
    ("standing", "late"), [(Standing.LIVE, [False]), (Standing.LATE, [True]), (Standing.HISTORY, [])]
)
def test_a_boot_record_tells_of_a_reboot_where_there_is_no_boot_id(
    event: MakeEvent, standing: Standing, late: list[bool]
) -> None:
    book = RuleBook(RuleSettings())
    assert [alert.late for alert in book.on_boot(event("boot", 1, standing=standing), 5)] == late


def test_a_boot_record_beside_a_boot_id_is_not_a_second_reboot(event: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(machine(boot_id="b1"), 0)
    book.on_machine(machine(boot_id="b2"), 1)
    assert book.on_boot(event("boot", 1), 5) == []


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        (2, []),
        (2.1, [(Level.WARN, "clock 2.1s ahead")]),
        (-30, [(Level.WARN, "clock 30.0s behind")]),
        (31, [(Level.HIGH, "clock 31.0s ahead")]),
        (-7200, [(Level.HIGH, "clock 2h behind")]),
    ],
)
def test_a_clock_that_is_off_by_two_seconds_warns_and_by_thirty_is_high(
    seconds: float, found: list[tuple[Level, str]]
) -> None:
    assert [(alert.level, alert.text) for alert in skewed(RuleBook(RuleSettings()), seconds)] == found


def test_a_clock_is_told_again_when_it_is_twice_as_wrong_or_wrong_the_other_way() -> None:
    book = RuleBook(RuleSettings())
    told = [[alert.text for alert in skewed(book, seconds)] for seconds in (3, 3.5, 4, 7, -7, -1.5)]
    assert told == [["clock 3.0s ahead"], [], [], ["clock 7.0s ahead"], ["clock 7.0s behind"], []]


def test_a_clock_that_wanders_about_the_higher_limit_keeps_its_level() -> None:
    book = RuleBook(RuleSettings())
    levels = [[alert.level for alert in skewed(book, seconds)] for seconds in (31, 29.5, 30.5, 25, 23)]
    assert levels == [[Level.HIGH], [], [], [], [Level.WARN]]


def test_it_resolves_at_half_the_limit() -> None:
    book = RuleBook(RuleSettings())
    skewed(book, 3)
    assert skewed(book, 1.1) == []
    (resolved,) = skewed(book, 1)
    assert not resolved.is_open


def test_nothing_stands_about_a_machine_that_is_watched_no_longer() -> None:
    book = RuleBook(RuleSettings())
    book.on_machine(machine("down"), 3)
    skewed(book, 60)
    assert sorted(alert.rule for alert in book.forget("web-01", 9)) == ["clock", "unreachable"]
    assert book.forget("web-01", 9) == []
