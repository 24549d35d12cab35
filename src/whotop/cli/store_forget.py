"""``whotop store forget``: deletes what the store holds of a person."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions
from whotop.text import counted

if TYPE_CHECKING:
    from whotop.cli.prepare import Prepared
    from whotop.store.forget import Forgotten


@click.command()
@click.argument("user")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--store", metavar="FILE", help="The store, instead of the usual one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def store_forget(user: str, store: str | None, config: Path | None, yes: bool) -> int:
    """Delete the sessions and events of USER, and what alerts, rules and messages say of that name.

    Usage goes on counting somebody, whose name nobody knows. The records on the machines are theirs: a store
    that is begun anew would read them again. Whoever logs in again is seen again.
    """
    import asyncio

    from whotop.cli.prepare import prepare
    from whotop.text import safe

    prepared = prepare((), ConfigOptions(config=config, store=store))
    if not yes:
        click.confirm(f"Delete what is kept of {safe(user)}? It cannot be brought back", abort=True)
    forgotten = asyncio.run(_forget(prepared, user))
    if forgotten.is_nothing:
        print(f"whotop: the store knows no user {safe(user)}", file=sys.stderr)
        return 1
    print(_told(forgotten))
    return 0


async def _forget(prepared: Prepared, user: str) -> Forgotten:
    from whotop.cli.store import opened

    async with opened(prepared) as found:
        return await found.forget_user(user)


def _told(forgotten: Forgotten) -> str:
    counts = {
        "session": forgotten.sessions,
        "event": forgotten.events,
        "alert": forgotten.alerts,
        "message": forgotten.messages,
    }
    words = [counted(count, noun) for noun, count in counts.items() if count]
    told = f"{', '.join(words)} deleted" if words else "nothing to delete"
    if forgotten.is_counted_in_usage:
        told += "; usage counts somebody without a name"
    if not forgotten.is_overwritten:
        told += "; another process reads the store: what was deleted is overwritten when it has ended"
    return told
