"""Every login that a store has, for whoever counts them; nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import select

from whotop.errors import StoreError
from whotop.model import Session
from whotop.store.engine import failures_in_words, make_engine
from whotop.store.precheck import store_path
from whotop.store.rows import session_of
from whotop.store.schema import machines, sessions
from whotop.store.store import make_ready

ROWS_AT_ONCE = 2_000


async def stored_logins(place: str | Path) -> AsyncIterator[Session]:
    """All sessions, in no particular order: one login is one session, however many origins told of it.

    Raises StoreError where there is no store, or it cannot be read.
    """
    path = store_path(place)
    if not path.exists():
        raise StoreError(f"{path}: there is no store")
    await asyncio.to_thread(make_ready, path)
    statement = select(sessions, machines.c.name.label("machine_name")).join(machines)
    engine = make_engine(path)
    try:
        with failures_in_words(path):
            async with engine.begin() as connection:
                result = await connection.stream(statement)
                async for page in result.mappings().partitions(ROWS_AT_ONCE):
                    for row in page:
                        yield session_of(row, row["machine_name"])
    finally:
        await engine.dispose()
