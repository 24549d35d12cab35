"""From what the command line asks about usage to a report of it: from the store, or from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from msgspec.structs import replace

from whotop.cli.options import ConfigOptions
from whotop.clock import SystemClock
from whotop.config.usage_settings import UsageTable
from whotop.config.zones import zone_named
from whotop.core.days import day_at
from whotop.core.usage import (
    LONGEST_DAYS,
    Part,
    UsageQuestion,
    UsageReport,
    check_range,
    period_named,
    usage_question,
    usage_report,
)
from whotop.core.usage_where import parse_usage_where
from whotop.errors import InputError, UsageError
from whotop.parse.event_row import TableForm

FILES_ZONE = "UTC"


@dataclass(frozen=True)
class Asked:
    """What the command line asks."""

    period: str = "w"
    start: date | None = None
    end: date | None = None
    where: str = ""
    excluded: tuple[str, ...] = ()
    time_zone: str | None = None
    by: str | None = None
    """Told apart by this as well."""

    @property
    def part(self) -> Part | None:
        """What it is told apart by."""
        return None if self.by is None else Part(self.by)


def answer_of_store(asked: Asked, options: ConfigOptions) -> UsageReport:
    """From the store that the configuration or ``--store`` names. Raises WhotopError."""
    from whotop.cli.precheck import store_place
    from whotop.cli.prepare import prepare

    prepared = prepare((), options)
    return answer_from(store_place(prepared), prepared.settings.usage, asked)


def answer_from(place: str, table: UsageTable, asked: Asked) -> UsageReport:
    """From a store. Raises WhotopError."""
    import asyncio  # as slow to load as all that files need

    from whotop.store.usage import stored_usage

    time_zone = asked.time_zone or table.time_zone
    question = usage_question(
        asked.period,
        asked.start,
        asked.end,
        today=day_at(SystemClock().now_us(), _zone(time_zone)),
        time_zone=time_zone,
        excluded=(*asked.excluded, *table.exclude_users),
        where=asked.where,
        by=asked.part,
    )
    return asyncio.run(stored_usage(place, question))


def answer_of_files(
    asked: Asked, files: Sequence[str], form: TableForm | None, pass_over: Callable[[InputError], None]
) -> UsageReport:
    """From files; the range is their own unless one is given. Raises WhotopError.

    ``pass_over`` is told of what was only found in a folder and cannot be read.
    """
    from whotop.analyse.usage_files import Chosen, day_range, usage_told_by_files
    from whotop.cli.progress import shown_progress

    period, time_zone, now_us = period_named(asked.period), asked.time_zone or FILES_ZONE, SystemClock().now_us()
    zone = _zone(time_zone)
    today = day_at(now_us, zone)
    chosen = Chosen(parse_usage_where(asked.where), frozenset(asked.excluded), asked.part)
    with shown_progress() as progress:
        told = usage_told_by_files(
            files, chosen, zone=zone, now_us=now_us, form=form, progress=progress, pass_over=pass_over
        )
    days = told.days
    span = day_range(days, asked.start, asked.end)
    first, last = span or (today, today)
    _check(asked, first, last, max(today, days.last or today))
    question = UsageQuestion(period=period, start=first, end=last, where=asked.where, by=asked.part)
    report = usage_report(question, days.days(), time_zone, told.parts)
    return report if span else replace(report, periods=())


def _check(asked: Asked, first: date, last: date, latest: date) -> None:
    """Raise UsageError for a range that makes no sense; a file may tell of any time."""
    if asked.start or asked.end:
        check_range(first, last, latest)
    elif (last - first).days > LONGEST_DAYS:
        raise UsageError(f"the files tell of {first} to {last}, more than a century: say --start and --end")


def _zone(name: str) -> tzinfo:
    try:
        return zone_named(name)
    except ValueError as error:
        raise UsageError(str(error)) from None
