"""Forgetting a user: what the store holds of a person leaves, and nothing of it stays in the file.

Sessions, events, and what alerts, rules and messages say of the user are deleted. Counts of usage
stay, for they name nobody once the name is gone. Whoever logs in again is seen again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import ColumnElement, Select, Table, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.store import statements
from whotop.store.alert_tables import alert_machines, alert_marks, rule_states
from whotop.store.delivery_tables import deliveries
from whotop.store.engine import failures_in_words
from whotop.store.import_tables import imported
from whotop.store.schema import alerts, events, sessions
from whotop.store.usage_tables import usage_users


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What has left the store."""

    sessions: int
    events: int
    alerts: int
    messages: int
    is_counted_in_usage: bool
    """Somebody without a name stands there now."""
    is_overwritten: bool = True
    """False: another process reads the store, and what was deleted is in its log until that is written anew."""

    @property
    def is_nothing(self) -> bool:
        """Whether the store knew nobody of that name."""
        return not (self.sessions or self.events or self.alerts or self.messages or self.is_counted_in_usage)


async def forget_user(engine: AsyncEngine, place: Path, user: str, now_us: int) -> Forgotten:
    """Forget a user, all or nothing, and overwrite what was deleted. Raises StoreError.

    A name within the text of an alert, of a message or of what a rule remembers counts where it stands alone
    as a word there, and these leave as a whole.
    """
    with failures_in_words(place):
        async with engine.connect() as connection:
            await connection.execute(text("PRAGMA secure_delete = ON"))
            await connection.commit()
            await connection.execute(statements.NEXT_REVISION, {"now_us": now_us})
            forgotten = await _forget(connection, user)
            await connection.commit()
            busy = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()[0]
        return msgspec.structs.replace(forgotten, is_overwritten=not busy)


async def _forget(connection: AsyncConnection, user: str) -> Forgotten:
    keys = select(alerts.c.key).where(or_(alerts.c.subject == user, _names(alerts.c.text, user)))
    for table in (alert_machines, alert_marks):
        await connection.execute(delete(table).where(table.c.alert_key.in_(keys)))
    told = or_(deliveries.c.alert_key.in_(keys), _names(deliveries.c.body, user), _names(deliveries.c.subject, user))
    messages = await _delete(connection, deliveries, told)
    found_alerts = await _delete(connection, alerts, or_(alerts.c.subject == user, _names(alerts.c.text, user)))
    await _delete(connection, rule_states, or_(_names(rule_states.c.subject, user), _names(rule_states.c.state, user)))
    nameless = update(usage_users).where(usage_users.c.name == user)
    seen_on = or_(*(imported.c.machine_id.in_(_machines_of(table, user)) for table in (events, sessions)))
    await _delete(connection, imported, seen_on)
    renamed = await connection.execute(nameless.values(name="(forgotten " + usage_users.c.number.cast(_Text) + ")"))
    return Forgotten(
        sessions=await _delete(connection, sessions, sessions.c.user_name == user),
        events=await _delete(connection, events, events.c.user_name == user),
        alerts=found_alerts,
        messages=messages,
        is_counted_in_usage=bool(renamed.rowcount),
    )


def _machines_of(table: Table, user: str) -> Select[tuple[int]]:
    """What imports told of these is compared with what is left, should it come again."""
    return select(table.c.machine_id).where(table.c.user_name == user)


_Text = alerts.c.text.type


async def _delete(connection: AsyncConnection, table: Table, condition: ColumnElement[bool]) -> int:
    return (await connection.execute(delete(table).where(condition))).rowcount


def _names(column: ColumnElement[str], user: str) -> ColumnElement[bool]:
    """Whether a text holds a name that is not part of a longer one."""
    return column.regexp_match(rf"(?<![\w.-]){_literal(user)}(?![\w-])")


def _literal(text_: str) -> str:
    return "".join(character if character.isalnum() else f"\\{character}" for character in text_)
