"""The queue of messages to people. Rows come in with the commit of the alerts that they tell of (``commit``).

Any process that polls may send any of them: it claims what is due first, in one statement, so that no
two send the same. A claim ends by itself: what a killed process held is sent some minutes later.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Update, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import DAY_US, MINUTE_US
from whotop.model import Event
from whotop.model.delivery import CLAIMED_AT_ONCE, Channel, Delivery, DeliveryKind
from whotop.store.delivery_tables import deliveries
from whotop.store.dialect import Insert, insert_missing
from whotop.store.engine import failures_in_words
from whotop.store.prepared import Row
from whotop.store.security_events import security_events
from whotop.store.storable import number, number_or_none, text

CLAIM_US = 5 * MINUTE_US
KEYS_AT_ONCE = 500

_column = deliveries.c
_OF_KEY = update(deliveries).where(_column.key == bindparam("of_key"))
_FREE = {"claimed_by": "", "claimed_until_us": 0}
_SENT = _OF_KEY.values(due_us=None, sent_us=bindparam("now_us"), last_error="", **_FREE)
_FAILED = _OF_KEY.values(
    due_us=bindparam("next_us"), last_error=bindparam("error"), attempts=_column.attempts + 1, **_FREE
)
_GIVEN_UP = _OF_KEY.values(
    due_us=None,
    given_up_us=bindparam("now_us"),
    last_error=bindparam("error"),
    attempts=_column.attempts + 1,
    **_FREE,
)
_MERGED = _OF_KEY.values(due_us=None, merged_into=bindparam("digest"), **_FREE)


def delivery_insert(dialect: str) -> Insert:
    """A message that is queued; nothing where it is already."""
    return _INSERTS[dialect]


_INSERTS = {name: insert_missing(name, deliveries, ["key"]) for name in ("sqlite", "postgresql")}


def delivery_row(delivery: Delivery) -> Row:
    """A delivery's row."""
    return {
        "key": delivery.key,
        "channel": delivery.channel.value,
        "target": text(delivery.target),
        "kind": delivery.kind.value,
        "alert_key": delivery.alert,
        "machine": text(delivery.machine),
        "subject": text(delivery.subject),
        "body": text(delivery.body),
        "created_us": number(delivery.created_us),
        "due_us": number_or_none(delivery.due_us),
        "attempts": delivery.attempts,
        "last_error": text(delivery.last_error),
        "sent_us": number_or_none(delivery.sent_us),
        "given_up_us": number_or_none(delivery.given_up_us),
        "merged_into": delivery.merged_into,
        **_FREE,
    }


def delivery_of(row: RowMapping) -> Delivery:
    """The delivery in a row."""
    return Delivery(
        key=row["key"],
        channel=Channel(row["channel"]),
        target=row["target"],
        kind=DeliveryKind(row["kind"]),
        alert=row["alert_key"],
        machine=row["machine"],
        subject=row["subject"],
        body=row["body"],
        created_us=row["created_us"],
        due_us=row["due_us"],
        attempts=row["attempts"],
        last_error=row["last_error"],
        sent_us=row["sent_us"],
        given_up_us=row["given_up_us"],
        merged_into=row["merged_into"],
    )


class Deliveries:
    """The messages of one store. Every method raises StoreError."""

    def __init__(self, reading: AsyncEngine, writing: AsyncEngine, place: Path) -> None:
        self._reading, self._writing, self._place = reading, writing, place
        self._me = secrets.token_hex(8)

    # --- the queue ------------------------------------------------------------------------------

    async def claim(self, channel: Channel, target: str, due_by_us: int, now_us: int) -> list[Delivery]:
        """Messages that are due, the oldest first, claimed for this process. An empty target means all."""
        conditions = [_column.channel == channel.value, _column.due_us <= due_by_us]
        conditions += [_column.target == text(target)] if target else []
        due = select(_column.id).where(*conditions, _is_free(now_us)).order_by(_column.id).limit(CLAIMED_AT_ONCE)
        with failures_in_words(self._place):
            if not await self._rows(due):
                return []  # Nothing is written, nor waited for, where nothing is due.
            claimed = (
                update(deliveries)
                .where(_column.id.in_(due.scalar_subquery()), _is_free(now_us))
                .values(claimed_by=self._me, claimed_until_us=now_us + CLAIM_US)
                .returning(deliveries)
            )
            async with self._writing.begin() as connection:
                rows = (await connection.execute(claimed)).mappings().all()
        return sorted(map(delivery_of, rows), key=lambda delivery: delivery.created_us)

    async def release(self, keys: Collection[bytes]) -> None:
        """Give up the claim on these."""
        await self._write(_OF_KEY.values(**_FREE), [{"of_key": key} for key in keys])

    async def merge(self, digest: Delivery, members: Collection[bytes], now_us: int) -> None:
        """Put a digest, claimed, in the place of the messages that it carries."""
        mine = {"claimed_by": self._me, "claimed_until_us": now_us + CLAIM_US}
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                await connection.execute(delivery_insert(connection.dialect.name), delivery_row(digest) | mine)
                await connection.execute(_MERGED, [{"of_key": key, "digest": digest.key} for key in members])

    async def sent(self, key: bytes, now_us: int) -> None:
        """It is out."""
        await self._write(_SENT, [{"of_key": key, "now_us": now_us}])

    async def failed(self, key: bytes, error: str, due_us: int) -> None:
        """It could not be sent; it is tried again when it is due."""
        await self._write(_FAILED, [{"of_key": key, "error": text(error), "next_us": due_us}])

    async def give_up(self, key: bytes, error: str, now_us: int) -> None:
        """It is never going to be sent."""
        await self._write(_GIVEN_UP, [{"of_key": key, "error": text(error), "now_us": now_us}])

    async def strays(self, channel: Channel, known: Collection[str], due_by_us: int) -> list[Delivery]:
        """Those to others than the ``known`` targets that were due by then and are still here."""
        unknown = _column.target.not_in([text(target) for target in known])
        overdue = _all().where(_column.channel == channel.value, _column.due_us <= due_by_us, unknown)
        return await self._found(overdue.order_by(_column.id).limit(KEYS_AT_ONCE))

    # --- what became of them --------------------------------------------------------------------

    async def waiting(self, limit: int) -> list[Delivery]:
        """Those that are still to be sent, the oldest first."""
        return await self._found(_all().where(_column.due_us.is_not(None)).order_by(_column.id).limit(limit))

    async def given_up(self, since_us: int, limit: int) -> list[Delivery]:
        """Those that were given up since, the newest first."""
        return await self._found(_newest(limit).where(_column.given_up_us >= since_us))

    async def sent_since(self, since_us: int, limit: int) -> list[Delivery]:
        """Those that were sent since, the newest first."""
        return await self._found(_newest(limit).where(_column.sent_us >= since_us))

    async def of_alerts(self, alerts: Iterable[bytes]) -> list[Delivery]:
        """All messages about these alerts."""
        keys = list(alerts)
        pages = (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))
        return [one for page in pages for one in await self._found(_all().where(_column.alert_key.in_(page)))]

    async def events_mailed_us(self) -> dict[str, int]:
        """When each machine's security events were last queued."""
        newest = select(_column.machine, func.max(_column.created_us).label("newest_us")).group_by(_column.machine)
        with failures_in_words(self._place):
            rows = await self._rows(newest.where(_column.kind == DeliveryKind.EVENTS.value))
        return {row["machine"]: row["newest_us"] for row in rows}

    async def unmailed_events(
        self, machines: Collection[str], mailed_us: Mapping[str, int], now_us: int
    ) -> list[Event]:
        """Security events of Windows machines that were collected after each one's last mail.

        Of a machine that no mail was ever sent about, those of the last day.
        """
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                return [
                    event
                    for name in machines
                    for event in await security_events(connection, name, mailed_us.get(name), now_us - DAY_US)
                ]

    # --------------------------------------------------------------------------------------------

    async def _found(self, statement: Select[Any]) -> list[Delivery]:
        with failures_in_words(self._place):
            return [delivery_of(row) for row in await self._rows(statement)]

    async def _rows(self, statement: Select[Any]) -> list[RowMapping]:
        async with self._reading.begin() as connection:
            return list((await connection.execute(statement)).mappings())

    async def _write(self, statement: Update, rows: list[Mapping[str, object]]) -> None:
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                await connection.execute(statement, rows)


def _all() -> Select[Any]:
    return select(deliveries)


def _newest(limit: int) -> Select[Any]:
    return _all().order_by(_column.id.desc()).limit(limit)


def _is_free(now_us: int) -> ColumnElement[bool]:
    return or_(_column.claimed_by == "", _column.claimed_until_us <= now_us)
