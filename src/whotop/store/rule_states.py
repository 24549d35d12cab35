"""What rules remember over a restart: written with the events that it came of, read at a start."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Delete, and_, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.store.alert_tables import rule_states
from whotop.store.batch import StateKey
from whotop.store.statements import rule_state_upsert
from whotop.store.storable import json, text
from whotop.store.transaction import Transaction

_DELETE: Delete = delete(rule_states).where(
    and_(rule_states.c.rule == bindparam("of_rule"), rule_states.c.subject == bindparam("of_subject"))
)


async def write_rule_states(transaction: Transaction, states: Mapping[StateKey, object], now_us: int) -> None:
    """Write what has changed; a rule that has nothing to remember any more (None) leaves no row."""
    kept = (
        {"rule": rule, "subject": text(subject), "state": json(state), "updated_us": now_us}
        for (rule, subject), state in states.items()
        if state is not None
    )
    gone = (
        {"of_rule": rule, "of_subject": text(subject)} for (rule, subject), state in states.items() if state is None
    )
    await transaction.write(rule_state_upsert(transaction.dialect), kept)
    await transaction.write(_DELETE, gone)


async def read_rule_states(connection: AsyncConnection) -> dict[StateKey, object]:
    """All of them."""
    columns = rule_states.c
    rows = await connection.execute(select(columns.rule, columns.subject, columns.state))
    return {(rule, subject): msgspec.json.decode(state) for rule, subject, state in rows}
