"""Work on the database that is carried to its end, whoever waits for it.

A statement runs in a thread and cannot be recalled. Were its coroutine cancelled between two of
them, the transaction would stay open on a connection that nobody holds, and the store locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Outcome = TypeVar("Outcome")


async def uninterrupted(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What ``work`` returns or raises; a cancellation is passed on once it has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # Whoever would have been told has left.
        raise
