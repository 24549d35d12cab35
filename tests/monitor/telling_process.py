"""A process that tells of one alert after the other, until it is killed.

Its arguments: the store's folder, the mail server's port, and the file of its authority.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from datetime import UTC
from pathlib import Path

from tests.notify.nouns import alert
from tests.notify.smtp_server import USER
from whotop.clock import Clock, SystemClock
from whotop.config.notify_settings import NotifyTable, SmtpTable
from whotop.core.fleet import Fleet
from whotop.model import Target
from whotop.monitor.post import Post
from whotop.notify.settings import NotifySettings
from whotop.store.store import Store, open_store
from whotop.store.writer import StoreWriter

ALERTS_PER_COMMIT = 3


def post_of(store: Store, writer: StoreWriter, clock: Clock, port: int, authority: Path) -> Post:
    smtp = SmtpTable(
        host="127.0.0.1", port=port, user=USER, password_environment="SMTP_PASSWORD", ca_file=str(authority)
    )
    targets = [Target(name="web-01", mail="web@example.org")]
    settings = NotifySettings(table=NotifyTable(smtp=smtp, digest_from=1_000), zone=UTC)
    return Post(settings, targets, Fleet(), clock, writer, store.deliveries)


async def tell(folder: Path, port: int, authority: Path) -> None:
    clock = SystemClock()
    store = await open_store(folder / "whotop.db", clock=clock)
    writer = StoreWriter(store, clock=clock)
    post = post_of(store, writer, clock, port, authority)
    restored = await store.restore([])
    await post.resume(restored)
    for number in itertools.count(len(restored.alerts)):
        told = alert(subject=str(number), text=f"number {number}", machine="", machines=("web-01",))
        writer.alert(told)
        post.on_alert(told)
        if number % ALERTS_PER_COMMIT == 0:
            await writer.flush()
            await post.drain(10)
            print(number, flush=True)


if __name__ == "__main__":
    asyncio.run(tell(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
