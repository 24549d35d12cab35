"""Finds machines, users and sources by a part of their name.

There may be millions of sessions and failed logins, and few names in them: the names are stepped through
by their index, from each to the next that is greater ("loose index scan"), and no row is read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import CTE, Column, ColumnElement, Select, case, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.core.names import KnownName, NameKind, best_names
from whotop.store.schema import HAS_FAILED, events, machines, sessions

STEPS = 20_000
"""So many different names are looked into for a text in their middle (0.04 s); those that begin
with it are found however many there are."""


class Named(NamedTuple):
    """Rows that have names."""

    column: Column[str]
    time: Column[int]
    are_meant: ColumnElement[bool]


def logins_by(kind: NameKind) -> Named:
    """Sessions, with the names of their users or of their sources."""
    column = sessions.c.user_name if kind is NameKind.USER else sessions.c.source
    return Named(column, sessions.c.fleet_login_us, true())


def failures_by(kind: NameKind) -> Named:
    """Failed logins, alike."""
    column = events.c.user_name if kind is NameKind.USER else events.c.source
    return Named(column, events.c.fleet_time_us, HAS_FAILED)


async def names_like(connection: AsyncConnection, text: str, kind: NameKind, limit: int) -> list[KnownName]:
    """At most ``limit`` names in which ``text`` occurs in either case, those that begin with it first.

    Of machines, those that nobody watches come before others that match as well; of users and
    sources, those that once got in come before others.
    """
    if kind is NameKind.MACHINE:
        rows = await connection.execute(machines_statement(text, limit))
        return [KnownName(kind, *row) for row in rows]
    found: dict[str, KnownName] = {}
    for rows_with_names in (logins_by(kind), failures_by(kind)):
        found |= await _names_in(connection, rows_with_names, text, kind, limit)
    only_tried = {name for name, known in found.items() if not known.last_login_us}
    return [found[name] for name in best_names(found, text, limit, only_tried=only_tried)]


async def _names_in(
    connection: AsyncConnection, named: Named, text: str, kind: NameKind, limit: int
) -> dict[str, KnownName]:
    found: dict[str, KnownName] = {}
    for statement in statements_for(named, text, kind, limit):
        if len(found) < limit:
            found |= {row[0]: KnownName(kind, *row) for row in await connection.execute(statement)}
    return found


def machines_statement(text: str, limit: int) -> Select[Any]:
    """Machines whose name has the text, each with its last login and the last that failed."""
    name = machines.c.name
    is_watched = machines.c.details.is_not(None) & machines.c.removed_us.is_(None)
    last_login = select(func.max(sessions.c.fleet_login_us)).where(sessions.c.machine_id == machines.c.id)
    last_failed = select(func.max(events.c.fleet_time_us)).where(events.c.machine_id == machines.c.id, HAS_FAILED)
    return (
        select(name, _or_never(last_login), _or_never(last_failed))
        .where(name.icontains(text, autoescape=True))
        .order_by(case((name.istartswith(text, autoescape=True), 0), else_=1), case((is_watched, 1), else_=0), name)
        .limit(limit)
    )


def statements_for(named: Named, text: str, kind: NameKind, limit: int) -> list[Select[Any]]:
    """What to ask one after the other until there are enough: names that begin so, in the usual cases, and all.

    Each row is a name, its last login and the last that failed.
    """
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize()))
    column = named.column
    walks = [
        _with_last(_walk(named, column >= spelling if spelling else column > "", limit), kind, limit, starts=spelling)
        for spelling in spellings
    ]
    return [*walks, _with_last(_walk(named, column > "", STEPS), kind, 2 * limit, has=text)]


def _walk(named: Named, first: ColumnElement[bool], steps: int) -> CTE:
    """Step from the first name for which ``first`` holds to the next greater one, and so on."""
    seen = select(_least(named, first).label("name"), literal(1).label("step")).cte("seen", recursive=True)
    following = _least(named, named.column > seen.c.name, seen)
    return seen.union_all(
        select(following, seen.c.step + 1).where(seen.c.name.is_not(None), seen.c.step < steps),
    )


def _least(named: Named, condition: ColumnElement[bool], *outer: Any) -> ColumnElement[str]:
    column = named.column
    least = select(column).where(condition, named.are_meant).order_by(column).limit(1)
    return least.correlate(*outer).scalar_subquery()


def _with_last(seen: CTE, kind: NameKind, limit: int, *, starts: str = "", has: str = "") -> Select[Any]:
    return (
        select(seen.c.name, _last(logins_by(kind), seen), _last(failures_by(kind), seen))
        .where(
            seen.c.name.is_not(None),
            seen.c.name.startswith(starts, autoescape=True),
            seen.c.name.icontains(has, autoescape=True),
        )
        .limit(limit)
    )


def _last(named: Named, seen: CTE) -> ColumnElement[int]:
    last = select(func.max(named.time)).where(named.column == seen.c.name, named.are_meant)
    return _or_never(last.correlate(seen))


def _or_never(last: Select[Any]) -> ColumnElement[int]:
    return func.coalesce(last.scalar_subquery(), 0)
