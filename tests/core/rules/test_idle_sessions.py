from __future__ import annotations

from msgspec.structs import replace

from tests.core.rules.judged import DAY, HOUR, Judged, session
from whotop.clock import SECOND_US
from whotop.core.rules.account_tables import IdleTable
from whotop.core.rules.table import Scope
from whotop.model import Alert, LastInput, Level, Sample


def judged(**fields: object) -> Judged:
    return Judged(idle=IdleTable(on=True, **fields))  # type: ignore[arg-type]


def sampled(book: Judged, seconds: float, input_seconds: float, tty: str = "pts/0") -> list[Alert]:
    """A sample that tells when the last input on a terminal was."""
    last = LastInput(tty=tty, time_us=round(input_seconds * SECOND_US))
    sample = Sample(machine="web-01", time_us=round(seconds * SECOND_US), last_inputs=(last,))
    return book.book.on_sample(sample, round(seconds * SECOND_US))


def test_eight_hours_without_input_are_for_information_and_a_day_warns() -> None:
    book = judged()
    book.book.on_session(session(0, tty="pts/0"), 0)
    assert not sampled(book, 7.9 * HOUR, 0)
    (alert,) = sampled(book, 8 * HOUR, 0)
    assert (alert.rule, alert.machine, alert.subject) == ("idle", "web-01", "alice on pts/0")
    assert (alert.level, alert.text) == (Level.INFO, "alice on pts/0 idle for more than 8h")
    assert not sampled(book, 9 * HOUR, 0)
    (alert,) = sampled(book, DAY, 0)
    assert (alert.level, alert.text) == (Level.WARN, "alice on pts/0 idle for more than 1d")


def test_input_resolves_it() -> None:
    book = judged()
    book.book.on_session(session(0, tty="pts/0"), 0)
    sampled(book, 9 * HOUR, 0)
    (over,) = sampled(book, 10 * HOUR, 9.9 * HOUR)
    assert not over.is_open


def test_so_does_the_end_of_the_session() -> None:
    book = judged()
    book.book.on_session(session(0, tty="pts/0"), 0)
    sampled(book, 9 * HOUR, 0)
    (over,) = book.book.on_session_end(session(0, tty="pts/0"), 10)
    assert not over.is_open
    assert not sampled(book, 20 * HOUR, 0)


def test_a_session_without_a_terminal_or_a_reading_is_none() -> None:
    book = judged()
    book.book.on_session(replace(session(0), tty=""), 0)
    book.book.on_session(session(0, tty="pts/9"), 0)
    assert not sampled(book, DAY, 0)


def test_a_scope_lets_some_users_be() -> None:
    book = judged(scopes=(Scope(users=("ali*",), changes={"on": False}),))
    book.book.on_session(session(0, tty="pts/0"), 0)
    assert not sampled(book, DAY, 0)


def test_a_warning_before_the_information_is_refused() -> None:
    assert list(IdleTable(after_seconds=100, warn_seconds=50).faults()) == [("warn", "is less than after")]
