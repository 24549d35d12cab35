from __future__ import annotations

from typing import Any

from whotop.clock import SECOND_US
from whotop.core.life import Contact, Link, judge
from whotop.model import MachineState

UP, STALE, DOWN, CONNECTING = MachineState.UP, MachineState.STALE, MachineState.DOWN, MachineState.CONNECTING


def contact(link: str, sampled: float = 0, **fields: Any) -> Contact:
    """Five seconds between samples; said hello at second 100."""
    return Contact(link=Link(link), since_us=100 * SECOND_US, last_sample_us=round(sampled * SECOND_US), **fields)


def state(known: Contact, seconds: float) -> MachineState:
    return judge(known, round(seconds * SECOND_US)).state


def test_a_machine_not_reached_yet_is_connecting() -> None:
    assert state(Contact(), 100) is CONNECTING


def test_it_is_connecting_from_hello_to_the_first_sample() -> None:
    assert state(contact("up"), 101) is CONNECTING


def test_a_sample_of_an_earlier_connection_does_not_count() -> None:
    assert state(contact("up", sampled=99), 101) is CONNECTING


def test_a_sample_makes_it_up() -> None:
    assert state(contact("up", sampled=102), 103) is UP


def test_two_missed_intervals_make_it_stale_and_three_down() -> None:
    known = contact("up", sampled=102)
    assert [state(known, seconds) for seconds in (107.1, 112, 112.1, 117, 117.1)] == [UP, UP, STALE, STALE, DOWN]


def test_a_machine_that_says_hello_and_no_more_is_down_in_the_end() -> None:
    known = contact("up")
    assert [state(known, seconds) for seconds in (114, 116)] == [CONNECTING, DOWN]


def test_the_intervals_are_the_machines_own() -> None:
    assert state(contact("up", sampled=102, interval_seconds=60.0), 220) is UP


def test_a_lost_connection_is_down_with_its_reason() -> None:
    verdict = judge(contact("lost", sampled=102, reason="connection refused"), 103 * SECOND_US)
    assert (verdict.state, verdict.reason) == (DOWN, "connection refused")


def test_it_stays_down_with_that_reason_while_it_is_tried_again() -> None:
    verdict = judge(contact("connecting", reason="connection refused"), 103 * SECOND_US)
    assert (verdict.state, verdict.reason) == (DOWN, "connection refused")


def test_a_reason_is_always_given_for_not_being_up() -> None:
    assert judge(contact("lost"), 103 * SECOND_US).reason == "connection lost"
    assert judge(contact("up", sampled=102), 113 * SECOND_US).reason == "no sample for 10s"
    assert judge(contact("up", sampled=102), 200 * SECOND_US).reason == "connected, but silent for 15s"


def test_a_verdict_says_until_when_it_holds() -> None:
    known = contact("up", sampled=102)
    up = judge(known, 103 * SECOND_US)
    assert up.until_us == 112 * SECOND_US
    stale = judge(known, up.until_us + 1)
    assert (stale.state, stale.until_us) == (STALE, 117 * SECOND_US)
    assert stale.until_us is not None
    down = judge(known, stale.until_us + 1)
    assert (down.state, down.until_us) == (DOWN, None)
