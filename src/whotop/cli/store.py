"""``whotop store``: how large the store is, what it holds, and how large it will be."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from whotop.cli.options import ConfigOptions

if TYPE_CHECKING:
    from whotop.cli.prepare import Prepared
    from whotop.render.store_lines import StoreState
    from whotop.store.store import Store


@click.command()
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--store", "place", metavar="FILE", help="The store, instead of the usual one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--time-zone", metavar="ZONE", help="Time zone for all times shown, such as Europe/Berlin.")
def store(place: str | None, as_json: bool, **chosen: Any) -> int:
    """Say how large the store is, what it holds, and how large it will be.

    What is foretold is for the machines that are configured, or else for those that were watched last,
    with the events of the last week.
    """
    import asyncio

    from whotop.cli.prepare import prepare
    from whotop.render.store_lines import store_json, store_text

    prepared = prepare((), ConfigOptions(store=place, **chosen))
    state = asyncio.run(_state(prepared))
    sys.stdout.write(store_json(state) if as_json else store_text(state, prepared.zone))
    return 0


@asynccontextmanager
async def opened(prepared: Prepared) -> AsyncIterator[Store]:
    """The store that is there. Raises StoreError where there is none: looking at one makes none."""
    from whotop.cli.live import retention
    from whotop.cli.precheck import store_place
    from whotop.clock import SystemClock
    from whotop.errors import StoreError
    from whotop.store.precheck import store_path
    from whotop.store.store import open_store

    path = store_path(store_place(prepared))
    if not path.exists():
        raise StoreError(f"{path}: there is no store yet")
    found = await open_store(path, clock=SystemClock(), retention=retention(prepared.settings.store.keep))
    try:
        yield found
    finally:
        await found.close()


async def _state(prepared: Prepared) -> StoreState:
    import msgspec

    from whotop.cli.live import retention
    from whotop.core.store_size import forecast
    from whotop.render.store_lines import StoreState

    async with opened(prepared) as found:
        held = await found.contents()
        configured = prepared.file is not None and prepared.targets
        intervals = (
            [target.interval_seconds for target in prepared.targets] if configured else await found.intervals_seconds()
        )
        kept = msgspec.structs.asdict(retention(prepared.settings.store.keep))
        parts = forecast(intervals, held.events_a_day, held.sessions_a_day, **kept)
        return StoreState(place=str(found.path), machines=len(intervals), contents=held, parts=parts)
