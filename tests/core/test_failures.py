from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.conftest import make_event
from whotop.core.failures import FailedOnce
from whotop.core.keys import event_key
from whotop.model import Event, Origin, RawText


def failure(seconds: float, origin: Origin = Origin.BTMP, **fields: Any) -> Event:
    fields = {"user": "root", "source": "203.0.113.9", "tty": "ssh:notty", **fields}
    event = make_event("failed", seconds, origin=origin, **fields)
    return replace(event, key=event_key(event))


@dataclass
class Count:
    """How many attempts these events come to."""

    once: FailedOnce = field(default_factory=FailedOnce)

    def __call__(self, *events: Event) -> int:
        return sum(self.once.is_news(event) for event in events)


@pytest.fixture
def count() -> Count:
    return Count()


def test_what_btmp_and_the_journal_tell_within_two_seconds_is_one_attempt(count: Count) -> None:
    assert count(failure(10.0), failure(11.7, Origin.JOURNAL, tty="ssh", record_id="cursor 1")) == 1


def test_three_seconds_apart_they_are_two(count: Count) -> None:
    assert count(failure(10.0), failure(13.0, Origin.JOURNAL)) == 2


def test_the_nth_of_one_origin_is_the_nth_of_the_other(count: Count) -> None:
    btmp = [failure(10.0, login_pid=number + 1, ordinal=number) for number in range(3)]
    journal = [failure(10.0 + number / 2, Origin.JOURNAL) for number in range(4)]
    assert count(*btmp, *journal) == 4


def test_a_third_origin_tells_nothing_new(count: Count) -> None:
    assert count(failure(10), failure(10.5, Origin.JOURNAL), failure(10, Origin.AUTH_LOG)) == 1


@pytest.mark.parametrize("other", [{"user": "admin"}, {"source": "203.0.113.10"}, {"machine": "web-02"}])
def test_another_user_source_or_machine_is_another_attempt(count: Count, other: dict[str, str]) -> None:
    assert count(failure(10), failure(10, Origin.JOURNAL, **other)) == 2


def test_a_record_read_again_is_no_new_attempt(count: Count) -> None:
    assert count(failure(10), failure(10)) == 1


def test_a_record_of_an_attempt_told_before_stays_known_when_it_is_read_again(count: Count) -> None:
    assert count(failure(10, Origin.JOURNAL), failure(10), failure(10)) == 1


def test_equal_records_of_btmp_are_the_two_that_an_old_ubuntu_wrote(count: Count) -> None:
    twice = [failure(10, login_pid=3307), failure(10, login_pid=3307, ordinal=1)]
    assert count(*twice) == 1


def test_four_equal_records_are_two_attempts(count: Count) -> None:
    assert count(*(failure(10, login_pid=3307, ordinal=number) for number in range(4))) == 2


def test_records_of_two_processes_are_two_attempts(count: Count) -> None:
    assert count(failure(10, login_pid=3307), failure(10, login_pid=3311, ordinal=1)) == 2


def test_two_lines_of_a_log_are_two_attempts(count: Count) -> None:
    assert count(*(failure(10 + number / 4, Origin.AUTH_LOG, login_pid=7) for number in range(2))) == 2


def test_a_name_that_btmp_cut_off_is_the_name_that_the_journal_has(count: Count) -> None:
    name = "a" * 40
    assert count(failure(10, user=name[:32]), failure(10, Origin.JOURNAL, user=name)) == 1


def test_two_names_that_look_alike_are_two(count: Count) -> None:
    shown = "root\\x07"
    bell, spelt = failure(10, user=shown, raw=RawText(user="root\x07")), failure(10, Origin.JOURNAL, user=shown)
    assert count(bell, spelt) == 2


def test_a_flood_of_names_is_forgotten_from_its_beginning() -> None:
    once = FailedOnce(attempts_kept=100)
    events = [failure(number, user=f"user{number}") for number in range(300)]
    assert sum(map(once.is_news, events)) == 300
    assert not once.is_news(events[-1])
    assert once.is_news(events[0])


def test_a_flood_of_one_name_is_forgotten_from_its_beginning() -> None:
    once = FailedOnce(attempts_kept=100)
    events = [failure(number * 3) for number in range(110)]
    assert sum(map(once.is_news, events)) == 110
    assert not once.is_news(events[-1])
    assert once.is_news(events[0])


def test_each_attempt_of_the_store_is_one_though_two_origins_tell_of_them(count: Count) -> None:
    """The journal told of both; of the first btmp had told before."""
    stored = failure(10), failure(10.6, Origin.JOURNAL)
    assert all(map(count.once.remember, stored))
    assert count(failure(10.2, Origin.JOURNAL), stored[1]) == 0
    assert count(failure(10.8, Origin.JOURNAL)) == 1


def test_what_is_remembered_twice_is_known_once(count: Count) -> None:
    assert count.once.remember(failure(10))
    assert not count.once.remember(failure(10))
    assert count(failure(10, Origin.JOURNAL), failure(10.1, Origin.JOURNAL)) == 1


def test_an_origin_may_tell_of_the_past_of_another_in_any_order(count: Count) -> None:
    btmp = [failure(number, login_pid=number + 1) for number in range(0, 30, 3)]
    journal = [failure(number + 0.4, Origin.JOURNAL) for number in range(0, 30, 3)]
    assert count(*btmp) == 10
    assert count(*reversed(journal)) == 0


def test_a_machine_that_is_watched_no_longer_is_forgotten(count: Count) -> None:
    count(failure(10), failure(10, machine="web-02"))
    count.once.forget("web-01")
    assert count(failure(10)) == 1
    assert count(failure(10, machine="web-02")) == 0


@given(st.lists(st.integers(0, 40), max_size=30))
def test_an_origin_that_tells_the_same_at_the_same_times_adds_nothing(times: list[int]) -> None:
    once, times = FailedOnce(), sorted(times)
    journal = [failure(second, Origin.JOURNAL, ordinal=number) for number, second in enumerate(times)]
    log = [failure(second, Origin.AUTH_LOG, ordinal=number) for number, second in enumerate(times)]
    assert all(map(once.is_news, journal))
    assert not any(map(once.is_news, log))
