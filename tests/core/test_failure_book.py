from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import make_event
from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from whotop.core.failure_book import OTHERS, Counts, FailureBook, FailureKey
from whotop.model import Event

NOON = 1_763_726_400
NOW_US = NOON * SECOND_US
ROOT = FailureKey("web-01", "root", "203.0.113.9")


def failure(ago_seconds: float, user: str = "root", source: str = "203.0.113.9", machine: str = "web-01") -> Event:
    return make_event("failed", NOON - ago_seconds, user=user, source=source, machine=machine, tty="ssh:notty")


def book_of(*failures: Event, tallies_kept: int = 100) -> FailureBook:
    book = FailureBook(tallies_kept=tallies_kept)
    for one in failures:
        book.add(one)
    return book


def seen(book: FailureBook) -> object:
    """All that a screen can tell of a book."""
    return (
        sorted((one.key, one.last_us, one.tty, one.counts.in_hour(NOW_US), one.counts.in_day(NOW_US))
               for one in book.all.values()),
        sorted((name, book.machine_total(name).in_hour(NOW_US), book.machine_total(name).in_day(NOW_US))
               for name in book.machines()),
    )  # fmt: skip


def test_failures_are_counted_by_machine_user_and_source() -> None:
    book = book_of(failure(60), failure(30), failure(20, user="admin"), failure(10, machine="web-02"))
    tally = book.all.get(ROOT)
    assert tally is not None
    assert tally.counts.in_hour(NOW_US) == 2
    assert book.machine_total("web-01").in_hour(NOW_US) == 3
    assert book.user_total("root").in_hour(NOW_US) == 3


def test_a_tally_tells_when_the_latest_was() -> None:
    tally = book_of(failure(30), failure(60)).all.get(ROOT)
    assert tally is not None
    assert tally.last_us == NOW_US - 30 * SECOND_US


def test_an_hour_later_they_are_of_the_day_alone() -> None:
    total = book_of(failure(30)).machine_total("web-01")
    assert (total.in_hour(NOW_US + 61 * MINUTE_US), total.in_day(NOW_US + 61 * MINUTE_US)) == (0, 1)


def test_a_day_later_they_are_of_no_count() -> None:
    assert book_of(failure(30)).machine_total("web-01").in_day(NOW_US + DAY_US + HOUR_US) == 0


def test_what_is_older_than_a_day_is_let_go() -> None:
    book = book_of(failure(2 * 86_400, user="old"), failure(3 * 86_400, machine="web-02"), failure(0))
    assert [tally.key for tally in book.all.values()] == [ROOT]
    assert book.machines() == ["web-01"]


def test_a_machine_without_any_has_none() -> None:
    assert FailureBook().machine_total("web-01").in_day(NOW_US) == 0


def test_too_many_names_are_counted_together_and_none_is_lost() -> None:
    book = book_of(*(failure(30, user=f"user{number}") for number in range(300)), tallies_kept=100)
    assert len(book) == 101
    assert book.machine_total("web-01").in_hour(NOW_US) == 300
    assert book.user_total(OTHERS).in_hour(NOW_US) == 200


def test_a_machine_that_is_forgotten_takes_its_counts_along() -> None:
    book = book_of(failure(10), failure(10, machine="web-02"))
    book.forget("web-01")
    assert book.user_total("root").in_hour(NOW_US) == 1
    assert not book.of_machine("web-01")


def test_what_is_replaced_does_not_follow_the_book_that_it_came_from() -> None:
    book, other = book_of(failure(10)), FailureBook()
    copies = book.copies("web-01")
    book.add(failure(5))
    other.replace("web-01", copies)
    assert other.machine_total("web-01").in_hour(NOW_US) == 1
    other.add(failure(5))
    assert seen(other) == seen(book)


FAILURES = st.lists(
    st.builds(
        failure, st.integers(0, 40 * 3_600), st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["m", "n"])
    ),
    max_size=60,
)


@given(FAILURES)
def test_a_replica_counts_what_the_original_does(failures: Sequence[Event]) -> None:
    book, replica = book_of(*failures), FailureBook()
    for machine in book.machines():
        replica.replace(machine, book.copies(machine))
    assert seen(replica) == seen(book)


@given(FAILURES)
def test_the_counts_of_a_machine_are_the_sum_of_its_tallies(failures: Sequence[Event]) -> None:
    book = book_of(*failures)
    for machine in book.machines():
        tallies = book.of_machine(machine).values()
        assert book.machine_total(machine).in_day(NOW_US) == sum(tally.counts.in_day(NOW_US) for tally in tallies)
        assert book.machine_total(machine).in_hour(NOW_US) == sum(tally.counts.in_hour(NOW_US) for tally in tallies)


def test_a_source_has_its_tallies_on_all_machines_until_they_are_let_go() -> None:
    book = book_of(failure(10), failure(9, machine="db-02"), failure(8, source="10.0.0.7"))
    assert {key.machine for key in book.of_source("203.0.113.9")} == {"web-01", "db-02"}
    book.forget("db-02")
    book.forget("web-01")
    assert not book.of_source("203.0.113.9")


def test_a_source_that_fails_once_an_hour_for_weeks_takes_no_more_memory_than_one_that_fails_once() -> None:
    counts = Counts()
    for hour in range(24 * 14):
        counts.add(hour * HOUR_US)
    assert len(counts.minutes) == 1
    assert len(counts.hours) == 24
    assert counts.in_day(24 * 14 * HOUR_US - 1) == 24
