"""The statements of a commit: one place for each SQL text.

What two readers of the same record know may differ (an import finds no logind id, live does), so an
update never replaces knowledge by ignorance, and history never replaces what was seen.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, Table, Update, and_, bindparam, case, func, insert, not_, or_, update

from whotop.core.identity import TOLERANCE_US
from whotop.model import Outcome, Standing
from whotop.store.alert_tables import rule_states
from whotop.store.dialect import Excluded, Insert, insert_missing, upsert
from whotop.store.schema import (
    alerts,
    collectors,
    cursors,
    events,
    machine_states,
    machines,
    revisions,
    sample_batches,
    sample_chunks,
    sessions,
    watched,
)

NEXT_REVISION = (
    update(revisions).values(number=revisions.c.number + 1, time_us=bindparam("now_us")).returning(revisions.c.number)
)

ALIVE_UPDATE: Update = (
    update(collectors).where(collectors.c.id == bindparam("mine")).values(alive_us=bindparam("now_us"))
)

STATE_INSERT, SPAN_INSERT, SAMPLES_INSERT = insert(machine_states), insert(watched), insert(sample_batches)

MACHINE_COLUMNS = ("address", "boot_id", "state", "details", "collector_id", "removed_us", "revision")

MACHINE_UPDATE: Update = (
    update(machines)
    .where(machines.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in MACHINE_COLUMNS})
)

MACHINE_REMOVAL: Update = (
    update(machines)
    .where(machines.c.id == bindparam("row_id"))
    .values(removed_us=bindparam("removed_us"), revision=bindparam("revision"))
)

SPAN_END: Update = (
    update(watched)
    .where(
        watched.c.machine_id == bindparam("of_machine"),
        watched.c.collector_id == bindparam("mine"),
        watched.c.end_us.is_(None),
    )
    .values(end_us=bindparam("end_us"))
)


@cache
def machine_insert(dialect: str) -> Insert:
    """A row for a machine that has none."""
    return insert_missing(dialect, machines, ["name"])


@cache
def session_upsert(dialect: str) -> Insert:
    """A session, or what is newly known of it.

    History ends what nobody has seen end, of several ends by the first, and fills what is empty.
    """
    always = {"outcome", "logout_us", "login_us", "user_name", "skew_us", "fleet_login_us", "fleet_logout_us"}
    if_known = {"tty", "source", "session_id", "service", "boot_id", "leader_pid", "login_pid", "raw"}

    def is_history(excluded: Excluded) -> ColumnElement[bool]:
        return excluded["standing"] == Standing.HISTORY.value

    def ends(excluded: Excluded) -> ColumnElement[bool]:
        return and_(
            excluded["outcome"] != Outcome.OPEN.value,
            or_(
                _is_loose(sessions.c.outcome),
                and_(
                    sessions.c.standing == Standing.HISTORY.value,
                    excluded["logout_us"] < sessions.c.logout_us - TOLERANCE_US,
                ),
            ),
        )

    def change(excluded: Excluded) -> dict[str, object]:
        stays, known_before = and_(is_history(excluded), not_(ends(excluded))), is_history(excluded)
        told = {name: case((stays, sessions.c[name]), else_=excluded[name]) for name in always}
        known = {
            name: case((known_before, _filled(sessions, excluded, name)), else_=_known(sessions, excluded, name))
            for name in if_known
        }
        return {**told, **known, "revision": excluded["revision"]}

    def is_news(excluded: Excluded) -> ColumnElement[bool]:
        said = or_(
            *(sessions.c[name].is_distinct_from(excluded[name]) for name in ("outcome", "logout_us", "login_us"))
        )
        learnt = or_(*(sessions.c[name].is_distinct_from(_known(sessions, excluded, name)) for name in if_known))
        fills = or_(*(sessions.c[name].is_distinct_from(_filled(sessions, excluded, name)) for name in if_known))
        return case((is_history(excluded), or_(and_(ends(excluded), said), fills)), else_=or_(said, learnt))

    return upsert(dialect, sessions, ["key"], change, is_news)


@cache
def event_upsert(dialect: str) -> Insert:
    """An event stays as it was first told, but for what is learnt later: how a session ended."""
    learnt = ("time_us", "duration_us", "outcome", "session_key", "origin", "fleet_time_us")

    def change(excluded: Excluded) -> dict[str, object]:
        return {name: excluded[name] for name in (*learnt, "revision")}

    def is_news(excluded: Excluded) -> ColumnElement[bool]:
        differs = or_(*(events.c[name].is_distinct_from(excluded[name]) for name in learnt[:4]))
        may_tell = or_(excluded["standing"] != Standing.HISTORY.value, _is_loose(events.c.outcome))
        return and_(differs, excluded["session_key"] != b"", may_tell)

    return upsert(dialect, events, ["key"], change, is_news)


_MARKS = ("acknowledged_us", "acknowledged_by", "muted_until_us")


@cache
def alert_upsert(dialect: str) -> Insert:
    """An alert, or how it stands now."""
    told = (
        "machine_id",
        "level",
        "text",
        "updated_us",
        "resolved_us",
        "count",
        "value",
        "limit_value",
        "evidence",
        *_MARKS,
    )

    def change(excluded: Excluded) -> dict[str, object]:
        return {name: excluded[name] for name in (*told, "revision")}

    def is_news(excluded: Excluded) -> ColumnElement[bool]:
        return or_(*(alerts.c[name].is_distinct_from(excluded[name]) for name in told))

    return upsert(dialect, alerts, ["key"], change, is_news)


@cache
def rule_state_upsert(dialect: str) -> Insert:
    """What a rule must remember now."""

    def change(excluded: Excluded) -> dict[str, object]:
        return {name: excluded[name] for name in ("state", "updated_us")}

    return upsert(dialect, rule_states, ["rule", "subject"], change)


@cache
def cursor_upsert(dialect: str) -> Insert:
    """How far an origin has been read now."""
    return upsert(dialect, cursors, ["machine_id", "origin"], lambda excluded: {"cursor": excluded["cursor"]})


@cache
def chunk_append(dialect: str) -> Insert:
    """Add periods to their chunk, or begin one."""

    def change(excluded: Excluded) -> dict[str, object]:
        return {"figures": sample_chunks.c.figures + "," + excluded["figures"]}

    return upsert(dialect, sample_chunks, ["machine_id", "resolution_seconds", "start_us"], change)


def _known(table: Table, excluded: Excluded, name: str) -> ColumnElement[object]:
    """The new value unless it is empty or 0, else the stored one."""
    nothing = 0 if name.endswith("_pid") else ""
    return func.coalesce(func.nullif(excluded[name], nothing), table.c[name])


def _filled(table: Table, excluded: Excluded, name: str) -> ColumnElement[object]:
    """The stored value unless it is empty or 0, else the new one."""
    nothing = 0 if name.endswith("_pid") else ""
    return func.coalesce(func.nullif(table.c[name], nothing), excluded[name])


def _is_loose(outcome: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether an outcome is one that a record found later may correct."""
    return or_(outcome.is_(None), outcome == Outcome.OPEN.value, outcome == Outcome.GONE.value)
