"""A whotop that is going to be killed: writes events 0, 1, 2… with their cursor, from where it left off.

Prints each number up to which it has heard that everything is stored.
"""

from __future__ import annotations

import asyncio
import random
import sys
from functools import partial

from whotop.clock import SystemClock
from whotop.model import Event, EventKind
from whotop.store.store import open_store
from whotop.store.writer import StoreWriter
from whotop.wire.messages import Cursor, FileIdentity


def event(number: int) -> Event:
    """The event of a number: the same in every process."""
    return Event(
        machine="web-01",
        kind=EventKind.LOGIN,
        time_us=number,
        record_id=str(number),
        key=number.to_bytes(16),
        session_key=b"session" + number.to_bytes(9),
    )


def say(number: int, _revision: int) -> None:
    """Everything before ``number`` is stored."""
    print(number, flush=True)


async def write_for_ever(place: str) -> None:
    clock = SystemClock()
    store = await open_store(place, clock=clock)
    assert store.claim(["web-01"])
    cursors = (await store.restore(["web-01"])).cursors
    number = cursors["web-01", "wtmp"].offset if cursors else 0
    writer = StoreWriter(store, clock=clock)
    chance = random.Random(number)
    while True:
        for _ in range(chance.randint(1, 700)):
            writer.event(event(number))
            number += 1
        cursor = Cursor(file=FileIdentity(device=1, inode=1, head=b""), offset=number, tail=b"")
        writer.cursor("web-01", "wtmp", cursor, partial(say, number))
        await writer.flush()


if __name__ == "__main__":
    asyncio.run(write_for_ever(sys.argv[1]))
