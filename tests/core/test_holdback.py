from __future__ import annotations

from collections.abc import Callable

from whotop.clock import SECOND_US
from whotop.core.holdback import Holdback
from whotop.model import Event

MakeEvent = Callable[..., Event]


def users(events: list[Event]) -> list[str]:
    return [event.user for event in events]


def test_an_event_waits_two_seconds_from_its_arrival(event: MakeEvent) -> None:
    held = Holdback()
    held.add(event("login", 1, user="alice"), 100 * SECOND_US)
    assert held.due(102 * SECOND_US - 1) == []
    assert users(held.due(102 * SECOND_US)) == ["alice"]
    assert held.due(200 * SECOND_US) == []


def test_events_are_let_go_by_fleet_time_not_by_arrival(event: MakeEvent) -> None:
    held = Holdback()
    held.add(event("login", 10, user="second"), 0)
    held.add(event("login", 39, user="first", skew_us=30 * SECOND_US), SECOND_US)
    assert users(held.due(3 * SECOND_US)) == ["first", "second"]


def test_a_straggler_goes_with_the_later_event_that_is_due(event: MakeEvent) -> None:
    held = Holdback()
    held.add(event("login", 10, user="second"), 0)
    held.add(event("login", 9, user="first"), round(1.9 * SECOND_US))
    held.add(event("login", 11, user="third"), round(1.9 * SECOND_US))
    assert users(held.due(2 * SECOND_US)) == ["first", "second"]
    assert users(held.due(4 * SECOND_US)) == ["third"]


def test_equal_times_keep_their_order_of_arrival(event: MakeEvent) -> None:
    held = Holdback()
    for user in "abc":
        held.add(event("login", 10, user=user), 0)
    assert users(held.due(2 * SECOND_US)) == ["a", "b", "c"]


def test_at_the_end_all_is_let_go(event: MakeEvent) -> None:
    held = Holdback()
    held.add(event("login", 11, user="b"), 0)
    held.add(event("login", 10, user="a"), 0)
    assert users(held.flush()) == ["a", "b"]
    assert (len(held), held.due(100 * SECOND_US)) == (0, [])
