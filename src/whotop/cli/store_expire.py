"""``whotop store expire``: deletes what is older than the configuration keeps, now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions
from whotop.text import counted

if TYPE_CHECKING:
    from whotop.cli.prepare import Prepared


@click.command()
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--store", metavar="FILE", help="The store, instead of the usual one.")
def store_expire(store: str | None, config: Path | None) -> int:
    """Delete what is older than [store.keep] says.

    Whatever watches or collects does so once a minute by itself: this is for a store that nobody writes to.
    """
    import asyncio

    from whotop.cli.prepare import prepare

    count = asyncio.run(_expire(prepare((), ConfigOptions(config=config, store=store))))
    print(f"{counted(count, 'row')} deleted")
    return 0


async def _expire(prepared: Prepared) -> int:
    from whotop.cli.store import opened
    from whotop.clock import SystemClock

    async with opened(prepared) as found:
        return await found.expire(SystemClock().now_us())
