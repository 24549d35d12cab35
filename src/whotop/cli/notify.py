"""``whotop notify``: the messages that wait, were given up, or were sent; ``whotop notify test`` sends a sample."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from whotop.cli.options import ConfigOptions

if TYPE_CHECKING:
    from whotop.render.delivery_lines import QueueState

WAITING_SHOWN = 1_000
GIVEN_UP_SHOWN = 100
SENT_SHOWN = 20


@click.command()
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--store", metavar="FILE", help="The store whose messages they are, instead of the usual one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--time-zone", metavar="ZONE", help="Time zone for all times shown, such as Europe/Berlin.")
def notify(as_json: bool, **chosen: Any) -> int:
    """List the messages to people.

    Those that wait, with why; those of the last 30 days that were given up; and the last that were
    sent. Messages are sent while whotop watches or collects: this only looks.
    """
    import asyncio

    from whotop.cli.precheck import store_place
    from whotop.cli.prepare import prepare
    from whotop.render.delivery_lines import queue_json, queue_text

    prepared = prepare((), ConfigOptions(**chosen))
    state = asyncio.run(_state(store_place(prepared)))
    sys.stdout.write(queue_json(state) if as_json else queue_text(state, prepared.zone))
    return 0


async def _state(place: str) -> QueueState:
    from whotop.clock import DAY_US, SystemClock
    from whotop.render.delivery_lines import QueueState
    from whotop.store.precheck import store_path
    from whotop.store.store import open_store

    clock = SystemClock()
    if not store_path(place).exists():
        return QueueState(now_us=clock.now_us())
    store = await open_store(place, clock=clock)
    try:
        since_us = clock.now_us() - 30 * DAY_US
        return QueueState(
            waiting=await store.deliveries.waiting(WAITING_SHOWN),
            given_up=await store.deliveries.given_up(since_us, GIVEN_UP_SHOWN),
            sent=await store.deliveries.sent_since(since_us, SENT_SHOWN),
            now_us=clock.now_us(),
        )
    finally:
        await store.close()
