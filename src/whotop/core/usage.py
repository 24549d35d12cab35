"""How many people use the machines: unique users in each period, as data.

What ``whotop usage`` prints, the usage screen draws and the API returns is one ``UsageReport``;
``render`` turns it into text, CSV, JSON, HTML or a chart and adds nothing. A day is a day of one
time zone, which the question names or the store has fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from whotop.core.periods import Period
from whotop.errors import UsageError

DEFAULT_DAYS = 90
"""How far back a question reaches that names no start."""
LONGEST_DAYS = 36_600
"""A range of a century; more is a slip of the pen."""
EARLIEST = date(1970, 1, 1)
"""No login record is older: all of them count from here."""


class Part(StrEnum):
    """What usage may be told apart by."""

    MACHINE = "machine"
    TAG = "tag"
    USER = "user"
    SOURCE = "source"


class UsageQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. ``usage_question`` makes one from what a person wrote."""

    period: Period = Period.WEEK
    start: date
    """The first day, included."""
    end: date
    """The last day, included."""
    time_zone: str = ""
    """Whose days: a name of the IANA database; empty: the zone in which the store counts."""
    excluded: frozenset[str] = frozenset()
    """Users who do not count."""
    where: str = ""
    """A filter for logins (``docs/filter.md``): ``machine:web-* tag:prod user:a* from:10.0.0.0/8``."""
    by: Part | None = None
    """Told apart by this as well."""


class PeriodUsage(msgspec.Struct, frozen=True):
    """One period."""

    last_day: date
    """Its name; it may lie behind the range's end."""
    users: int
    """Different users who logged in on those of its days that lie in the range."""
    logins: int


class UsagePart(msgspec.Struct, frozen=True):
    """The usage of one machine, tag, user or source."""

    name: str
    periods: tuple[PeriodUsage, ...]
    """The same periods as those of the whole."""


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: every period of the range, the earliest first, those without a login as 0."""

    period: Period
    start: date
    end: date
    time_zone: str
    where: str = ""
    periods: tuple[PeriodUsage, ...]
    by: Part | None = None
    parts: tuple[UsagePart, ...] = ()
    """Told apart by ``by``, in the order of their names."""

    def days_of(self, one: PeriodUsage) -> tuple[date, date]:
        """The first and the last day of a period that lie in the range."""
        return max(self.period.first_day(one.last_day), self.start), min(one.last_day, self.end)


class UserUsage(msgspec.Struct, frozen=True, kw_only=True):
    """One user in some days."""

    user: str
    logins: int
    days: int
    """Days with a login."""
    machines: tuple[str, ...]
    """Where, sorted."""


class DayUsage(msgspec.Struct, frozen=True):
    """One day: its users as bits (bit n is user number n of whoever counts), and its logins."""

    day: date
    users: int
    logins: int


def usage_question(
    period: str | Period = Period.WEEK,
    start: date | None = None,
    end: date | None = None,
    *,
    today: date,
    time_zone: str = "",
    excluded: Iterable[str] = (),
    where: str = "",
    by: Part | None = None,
) -> UsageQuestion:
    """A question that can be answered: without an end until today, without a start of the last 90 days.

    Raises UsageError, in one line that names what is wrong, for an unknown period and for a range
    that ends before it starts, lies in the future, or is absurd.
    """
    end = today if end is None else end
    start = max(end - timedelta(days=DEFAULT_DAYS), EARLIEST) if start is None else start
    check_range(start, end, today)
    return UsageQuestion(
        period=period_named(period),
        start=start,
        end=end,
        time_zone=time_zone,
        excluded=frozenset(excluded),
        where=where,
        by=by,
    )


def period_named(name: str) -> Period:
    """The period of a letter or a word, ``w`` or ``week``. Raises UsageError."""
    for period in Period:
        if name.strip().lower() in (period.value, period.word):
            return period
    raise UsageError(f'"{name}" is no period: say d, w, m, q or y (day, week, month, quarter, year)')


def check_range(start: date, end: date, today: date) -> None:
    """Raise UsageError for days that cannot be counted."""
    if end < start:
        raise UsageError(f"unexpected date range [{start} - {end}]: it ends before it starts")
    if end > today:
        raise UsageError(f"unexpected date range [{start} - {end}]: {end} is in the future (today is {today})")
    if start < EARLIEST or (end - start).days > LONGEST_DAYS:
        raise UsageError(f"unexpected date range [{start} - {end}]: at most a century, and nothing before {EARLIEST}")


def usage_report(
    question: UsageQuestion,
    days: Iterable[DayUsage],
    time_zone: str,
    parts: Mapping[str, Iterable[DayUsage]] | None = None,
) -> UsageReport:
    """Gather days, in any order and each as often as one likes, into the periods of the question."""
    return UsageReport(
        period=question.period,
        start=question.start,
        end=question.end,
        time_zone=time_zone,
        where=question.where,
        periods=_periods(question, days),
        by=question.by,
        parts=tuple(UsagePart(name, _periods(question, of_part)) for name, of_part in (parts or {}).items()),
    )


def _periods(question: UsageQuestion, days: Iterable[DayUsage]) -> tuple[PeriodUsage, ...]:
    period, start, end = question.period, question.start, question.end
    users = dict.fromkeys(period.last_days(start, end), 0)
    logins = dict.fromkeys(users, 0)
    first = last = date.min
    for day in days:
        if not start <= day.day <= end:
            continue
        if not first <= day.day <= last:  # days mostly come one after the other
            first, last = period.first_day(day.day), period.last_day(day.day)
        users[last] |= day.users
        logins[last] += day.logins
    return tuple(PeriodUsage(last, users[last].bit_count(), logins[last]) for last in users)
