"""Who was told of an alert, and what became of it."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.model.delivery import Delivery
from whotop.store.deliveries import delivery_of
from whotop.store.delivery_tables import deliveries


async def told_of(connection: AsyncConnection, alert: bytes) -> list[Delivery]:
    """The messages about an alert, the oldest first; one within a digest stands as the digest does."""
    told = await _found(connection, deliveries.c.alert_key == alert)
    keys = {one.merged_into for one in told} - {b""}
    digests = {one.key: one for one in await _found(connection, deliveries.c.key.in_(keys))} if keys else {}
    return [_as_carried(one, digests.get(one.merged_into)) for one in told]


async def _found(connection: AsyncConnection, condition: ColumnElement[bool]) -> list[Delivery]:
    statement = select(deliveries).where(condition).order_by(deliveries.c.id)
    return [delivery_of(row) for row in (await connection.execute(statement)).mappings()]


def _as_carried(delivery: Delivery, digest: Delivery | None) -> Delivery:
    if digest is None:
        return delivery
    return replace(
        delivery,
        due_us=digest.due_us,
        attempts=digest.attempts,
        last_error=digest.last_error,
        sent_us=digest.sent_us,
        given_up_us=digest.given_up_us,
    )
