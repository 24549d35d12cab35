"""Rule ``unreachable`` where many machines are lost at once."""

from __future__ import annotations

from typing import Any

from whotop.clock import SECOND_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.machine_tables import UnreachableTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Level, Machine, MachineState


def at(seconds: float) -> int:
    return round(seconds * SECOND_US)


def tell(book: RuleBook, state: str, numbers: range, seconds: float, **fields: Any) -> list[Alert]:
    """Machines of these numbers are in this state now."""
    return [
        alert
        for number in numbers
        for alert in book.on_machine(
            Machine(name=f"web-{number:03}", address="", state=MachineState(state), **fields), at(seconds)
        )
    ]


def standing(alerts: list[Alert]) -> list[Alert]:
    """The alerts that are open after these changes."""
    return [alert for alert in {alert.key: alert for alert in alerts}.values() if alert.is_open]


def test_four_machines_lost_at_once_are_four_alerts() -> None:
    assert len(standing(tell(RuleBook(RuleSettings()), "down", range(4), 0))) == 4


def test_the_fifth_within_a_minute_makes_them_one_alert_that_names_all() -> None:
    book = RuleBook(RuleSettings())
    alerts = tell(book, "down", range(4), 0, reason="no route to host")
    alerts += tell(book, "down", range(4, 5), 59, reason="no route to host")
    (outage,) = standing(alerts)
    assert outage.machines == ("web-000", "web-001", "web-002", "web-003", "web-004")
    assert (outage.machine, outage.level, outage.text) == ("", Level.HIGH, "5 machines unreachable: no route to host")
    folded = [alert for alert in alerts if not alert.is_open]
    assert {alert.text for alert in folded} == {"unreachable: no route to host; told with others from now on"}


def test_machines_lost_minutes_apart_stay_apart() -> None:
    book = RuleBook(RuleSettings())
    alerts = [alert for number in range(9) for alert in tell(book, "down", range(number, number + 1), 20 * number)]
    assert len(standing(alerts)) == 9


def test_whoever_is_lost_next_joins_and_a_thousand_are_told_in_few_words() -> None:
    book = RuleBook(RuleSettings())
    alerts = tell(book, "stale", range(1_500), 0) + tell(book, "down", range(1_500), 5, jump="bastion")
    alerts += book.tick(at(20))
    (outage,) = standing(alerts)
    assert outage.text == "1,500 machines unreachable, all behind bastion"
    assert len(outage.machines) == 1_000
    assert len(alerts) < 100


def test_it_says_how_many_are_left_and_resolves_with_the_last() -> None:
    book = RuleBook(RuleSettings())
    tell(book, "down", range(6), 0)
    (fewer,) = standing(tell(book, "up", range(2), 10))
    assert (fewer.text, len(fewer.machines)) == ("4 of 6 machines unreachable", 4)
    over = tell(book, "up", range(2, 6), 20)[-1]
    assert (over.is_open, over.text, len(over.machines)) == (False, "6 machines were unreachable", 6)
    assert tell(book, "up", range(6), 30) == book.tick(at(40)) == []


def test_a_machine_of_an_outage_that_is_lost_again_is_of_that_outage() -> None:
    book = RuleBook(RuleSettings())
    tell(book, "down", range(6), 0)
    tell(book, "up", range(1), 300)
    (outage,) = standing(tell(book, "down", range(1), 400))
    assert len(outage.machines) == 6


def test_an_outage_later_is_another_one() -> None:
    book = RuleBook(RuleSettings())
    first = standing(tell(book, "down", range(6), 0))
    second = standing(tell(book, "down", range(10, 16), 600))
    assert [len(alert.machines) for alert in first + second] == [6, 6]
    assert len(standing(tell(book, "up", range(6), 700))) == 0


def test_after_a_restart_it_goes_on_with_those_that_are_lost_still() -> None:
    (outage,) = standing(tell(RuleBook(RuleSettings()), "down", range(6), 0))
    book = RuleBook(RuleSettings(), [outage])
    assert tell(book, "connecting", range(5), 1_000) == tell(book, "down", range(5), 1_001) == []
    (left,) = standing(book.tick(at(1_700)))
    assert (left.key, left.text) == (outage.key, "5 of 6 machines unreachable")
    over = tell(book, "up", range(5), 1_800)[-1]
    assert (over.key, over.is_open) == (outage.key, False)


def test_an_outage_that_another_process_tells_of_is_left_alone() -> None:
    (outage,) = standing(tell(RuleBook(RuleSettings()), "down", range(6), 0))
    book = RuleBook(RuleSettings(), [outage])
    tell(book, "up", range(50, 60), 100)
    assert book.tick(at(101)) == book.tick(at(1_000)) == []


def test_a_machine_that_is_watched_no_longer_holds_no_outage_open() -> None:
    book = RuleBook(RuleSettings())
    tell(book, "down", range(5), 0)
    for number in range(5):
        book.forget(f"web-{number:03}", at(10))
    (over,) = book.tick(at(11))
    assert not over.is_open


def test_how_many_make_an_outage_is_a_setting() -> None:
    book = RuleBook(RuleSettings(unreachable=UnreachableTable(group_count=2)))
    assert len(standing(tell(book, "down", range(2), 0))) == 1


def test_a_machine_that_comes_and_goes_is_one_alert() -> None:
    book = RuleBook(RuleSettings())
    states = ("down", "up", "down", "up", "down")
    alerts = [alert for n, state in enumerate(states) for alert in tell(book, state, range(1), 60 * n)]
    assert len({alert.key for alert in alerts}) == 1
    assert (alerts[-1].count, alerts[-1].opened_us, alerts[-1].is_open) == (3, 0, True)
