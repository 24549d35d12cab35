"""Finds machines, users and sources by a part of their name.

There may be millions of sessions and few names in them: the names are stepped through by their
index, from each to the next that is greater ("loose index scan"), and no session is read.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.core.names import KnownName, NameKind, best_names
from whotop.store.schema import machines, sessions

STEPS = 20_000
"""So many different names are looked into for a text in their middle (0.04 s); those that begin
with it are found however many there are."""

_COLUMNS: dict[NameKind, Column[str]] = {NameKind.USER: sessions.c.user_name, NameKind.SOURCE: sessions.c.source}


async def names_like(connection: AsyncConnection, text: str, kind: NameKind, limit: int) -> list[KnownName]:
    """At most ``limit`` names in which ``text`` occurs in either case, those that begin with it first.

    Of machines, those that nobody watches come before others that match as well.
    """
    if kind is NameKind.MACHINE:
        rows = await connection.execute(machines_statement(text, limit))
        return [KnownName(kind, name, last_us or 0) for name, last_us in rows]
    found: dict[str, int] = {}
    for statement in statements_for(_COLUMNS[kind], text, limit):
        if len(found) < limit:
            found |= {name: last_us or 0 for name, last_us in await connection.execute(statement)}
    return [KnownName(kind, name, found[name]) for name in best_names(found, text, limit)]


def machines_statement(text: str, limit: int) -> Select[Any]:
    """Machines whose name has the text, each with its last login."""
    name = machines.c.name
    is_watched = machines.c.details.is_not(None) & machines.c.removed_us.is_(None)
    last_us = select(func.max(sessions.c.fleet_login_us)).where(sessions.c.machine_id == machines.c.id)
    return (
        select(name, last_us.scalar_subquery())
        .where(name.icontains(text, autoescape=True))
        .order_by(case((name.istartswith(text, autoescape=True), 0), else_=1), case((is_watched, 1), else_=0), name)
        .limit(limit)
    )


def statements_for(column: Column[str], text: str, limit: int) -> list[Select[Any]]:
    """What to ask one after the other until there are enough: names that begin so, in the usual cases, and all."""
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize()))
    beginning = [
        _walk(column, column >= spelling if spelling else column > "", limit, limit, starts=spelling)
        for spelling in spellings
    ]
    return [*beginning, _walk(column, column > "", STEPS, 2 * limit, has=text)]


def _walk(
    column: Column[str], first: ColumnElement[bool], steps: int, limit: int, *, starts: str = "", has: str = ""
) -> Select[Any]:
    """Step from the first name for which ``first`` holds to the next greater one, and so on."""
    seen = select(_least(column, first).label("name"), literal(1).label("step")).cte("seen", recursive=True)
    following = _least(column, column > seen.c.name, seen)
    seen = seen.union_all(
        select(following, seen.c.step + 1).where(seen.c.name.is_not(None), seen.c.step < steps),
    )
    last_us = select(func.max(sessions.c.fleet_login_us)).where(column == seen.c.name).correlate(seen)
    return (
        select(seen.c.name, last_us.scalar_subquery())
        .where(
            seen.c.name.is_not(None),
            seen.c.name.startswith(starts, autoescape=True),
            seen.c.name.icontains(has, autoescape=True),
        )
        .limit(limit)
    )


def _least(column: Column[str], condition: ColumnElement[bool], *outer: Any) -> ColumnElement[str]:
    return select(column).where(condition).order_by(column).limit(1).correlate(*outer).scalar_subquery()
