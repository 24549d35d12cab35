"""Killed at any instant, whotop tells of every alert that it has kept: once, or with the same Message-ID."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.monitor.telling_process import post_of
from tests.notify.smtp_server import PASSWORD, Authority, MailServer, start
from whotop.clock import SystemClock
from whotop.store.deliveries import CLAIM_US
from whotop.store.store import open_store
from whotop.store.writer import StoreWriter

KILLS = 30
PROCESS = Path(__file__).with_name("telling_process.py")


class LaterClock(SystemClock):
    """A while after every claim has ended."""

    def now_us(self) -> int:
        return super().now_us() + 2 * CLAIM_US


@pytest.mark.long
async def test_every_alert_is_mailed_however_often_whotop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    authority, server = Authority(tmp_path), MailServer()
    listening = await start(server, authority.context())
    arguments = [sys.executable, str(PROCESS), str(tmp_path), str(server.port), str(authority.file)]
    chance = random.Random(KILLS)
    for _ in range(KILLS):
        await asyncio.to_thread(_run_and_kill, arguments, chance.uniform(0, 0.5))

    clock = LaterClock()
    store = await open_store(tmp_path / "whotop.db", clock=clock)
    kept = await store.restore([])
    post = post_of(store, StoreWriter(store, clock=clock), clock, server.port, authority.file)
    await post.drain(60)
    assert await store.deliveries.waiting(10) == []
    await store.close()
    listening.close()
    server.hang_up()

    copies = Counter(str(mail["Message-ID"]) for mail in server.mails)
    subjects = {str(mail["Subject"]) for mail in server.mails}
    assert len(copies) == len(subjects) == len(kept.alerts)
    assert copies.total() - len(copies) <= KILLS  # A mail that the server had taken in the moment of a kill.


def _run_and_kill(arguments: list[str], seconds: float) -> None:
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
