"""Answers questions about usage: from the record of finished days, and from the events of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.core.days import day_number, numbered_day
from whotop.core.usage import DayUsage, UsageQuestion, UsageReport, UserUsage, usage_report
from whotop.core.usage_parts import GatheredDays
from whotop.core.usage_tally import UserTally
from whotop.core.usage_where import LoginRow, parse_usage_where
from whotop.core.user_bits import bits_of
from whotop.errors import StoreError
from whotop.model import Machine
from whotop.store.engine import failures_in_words, make_engine
from whotop.store.migrate import migrate
from whotop.store.precheck import check_store, store_path
from whotop.store.schema import machines
from whotop.store.usage_bits import from_bytes
from whotop.store.usage_day import user_numbers
from whotop.store.usage_logins import Logins, Who, merged, recorded_logins, told_logins
from whotop.store.usage_scope import Scope, scope_of
from whotop.store.usage_tables import usage_day_users, usage_days, usage_users

ROWS_AT_ONCE = 2_000
WHO_KEPT = 65_536

_decode_machine = msgspec.json.Decoder(Machine).decode

Choose: TypeAlias = Callable[[Who], LoginRow | None]
"""Logins as a filter sees them; None for those that it does not find."""


class StoredUsage:
    """The part of a store that knows how much the machines were used."""

    def __init__(self, engine: AsyncEngine, place: Path) -> None:
        self._engine, self._place = engine, place

    async def report(self, question: UsageQuestion) -> UsageReport:
        """Unique users per period.

        Raises UsageError where the events of some day have expired and the record counts in days of
        another zone, QueryError for the filter, and StoreError.
        """
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                scope = await scope_of(connection, question, question.start, question.end)
                if question.where or question.by:
                    chosen = await _chosen_days(connection, question, scope)
                    days, parts = chosen.days(), chosen.parts()
                else:
                    days, parts = await _whole_days(connection, question, scope), {}
        return usage_report(question, days, scope.time_zone, parts)

    async def users(self, question: UsageQuestion, first: date, last: date) -> tuple[UserUsage, ...]:
        """Who logged in between two days, both included: the most logins first. Raises as ``report``."""
        tally = UserTally()
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                scope = await scope_of(connection, question, first, last)
                choose = await _choice(connection, question)
                async for day, who, count in _rows(connection, scope, first, last):
                    if (login := choose(who)) is not None:
                        tally.add(day, login.user, login.machine, count)
        return tally.users()


async def stored_usage(place: str | Path, question: UsageQuestion) -> UsageReport:
    """What a store answers that is not open yet; nothing of it is written.

    Raises StoreError also where there is none, and as ``StoredUsage.report``.
    """
    path = store_path(place)
    if not path.exists():
        raise StoreError(f"{path}: there is no store (whotop makes one when it watches; to count FILEs, name them)")
    check_store(path)
    with failures_in_words(path):
        await asyncio.to_thread(migrate, path)
    engine = make_engine(path)
    try:
        return await StoredUsage(engine, path).report(question)
    finally:
        await engine.dispose()


async def _whole_days(connection: AsyncConnection, question: UsageQuestion, scope: Scope) -> list[DayUsage]:
    """The days of a question without a filter: users as bits, numbered as the store does."""
    days = await _recorded_days(connection, question, scope) if scope.is_recorded else []
    free = (await connection.execute(select(func.coalesce(func.max(usage_users.c.number) + 1, 0)))).scalar_one()
    strangers: dict[str, int] = {}
    for day in sorted(scope.fresh):
        logins = await _fresh_logins(connection, scope, day, question.excluded)
        names = {who.user for who in logins}
        numbers = await user_numbers(connection, names) if scope.is_recorded else {}
        for name in names - numbers.keys():
            numbers[name] = strangers.setdefault(name, free + len(strangers))
        days.append(DayUsage(day, bits_of(numbers.values()), sum(logins.values())))
    return days


async def _recorded_days(connection: AsyncConnection, question: UsageQuestion, scope: Scope) -> list[DayUsage]:
    first, last = question.start, question.end
    numbers = (await user_numbers(connection, question.excluded)).values()
    hidden = bits_of(numbers)
    of_hidden = {}
    if numbers:
        by_day = select(usage_days.c.day, func.sum(usage_days.c.logins)).group_by(usage_days.c.day)
        uncounted = by_day.where(_between(usage_days.c.day, first, last), usage_days.c.user_number.in_(numbers))
        of_hidden = {number: int(logins) for number, logins in await connection.execute(uncounted)}
    columns = (usage_day_users.c.day, usage_day_users.c.members, usage_day_users.c.logins)
    statement = select(*columns).where(_between(usage_day_users.c.day, first, last)).order_by(usage_day_users.c.day)
    days = (
        DayUsage(numbered_day(number), from_bytes(members) & ~hidden, logins - of_hidden.get(number, 0))
        for number, members, logins in (await connection.execute(statement)).all()
    )
    return [day for day in days if day.day not in scope.fresh]


async def _chosen_days(connection: AsyncConnection, question: UsageQuestion, scope: Scope) -> GatheredDays:
    """The days of a question with a filter, or of one that tells apart, from the logins themselves."""
    choose, gathered = await _choice(connection, question), GatheredDays(question.by)
    async for day, who, count in _rows(connection, scope, question.start, question.end):
        if (login := choose(who)) is not None:
            gathered.add(day, login, count)
    return gathered


async def _choice(connection: AsyncConnection, question: UsageQuestion) -> Choose:
    found = (await connection.execute(select(machines.c.id, machines.c.name, machines.c.details))).all()
    names = {row.id: row.name for row in found}
    tags = {row.id: _decode_machine(row.details).tags for row in found if row.details is not None}
    query = parse_usage_where(question.where)

    @lru_cache(maxsize=WHO_KEPT)
    def choose(who: Who) -> LoginRow | None:
        login = LoginRow(names[who.machine_id], who.user, who.source, tags.get(who.machine_id, ()))
        return login if who.user not in question.excluded and query.matches(login) else None

    return choose


async def _rows(
    connection: AsyncConnection, scope: Scope, first: date, last: date
) -> AsyncIterator[tuple[date, Who, int]]:
    """The logins of all days between two."""
    if scope.is_recorded:
        found = await connection.stream(
            select(
                usage_days.c.day, usage_days.c.machine_id, usage_users.c.name, usage_days.c.source, usage_days.c.logins
            )
            .join(usage_users, usage_users.c.number == usage_days.c.user_number)
            .where(_between(usage_days.c.day, first, last))
        )
        async for page in found.partitions(ROWS_AT_ONCE):
            for number, machine_id, user, source, count in page:
                day = numbered_day(number)
                if day not in scope.fresh:
                    yield day, Who(machine_id, user, source), count
    for day in sorted(scope.fresh):
        for who, count in (await _fresh_logins(connection, scope, day, ())).items():
            yield day, who, count


async def _fresh_logins(connection: AsyncConnection, scope: Scope, day: date, excluded: Collection[str]) -> Logins:
    """The logins of a day that events tell, and what the record has of it already."""
    told = await told_logins(connection, day, scope.zone)
    recorded = await recorded_logins(connection, day) if scope.is_recorded else {}
    return merged((told, recorded), excluded)


def _between(day: ColumnElement[int], first: date, last: date) -> ColumnElement[bool]:
    return day.between(day_number(first), day_number(last))
