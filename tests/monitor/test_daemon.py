"""The monitor without a screen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.monitor.silent_collector import SilentCollector
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.errors import ConfigError, StoreError, WhotopError
from whotop.model import Target
from whotop.monitor import daemon as daemon_module
from whotop.monitor.daemon import Daemon
from whotop.monitor.monitor import Monitor
from whotop.monitor.opening import Watch, WatchSettings
from whotop.monitor.service_manager import ServiceManager


class Told(ServiceManager):
    """A service manager that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__({})
        self.lines: list[str] = []
        self.heard = asyncio.Event()

    def _tell(self, *lines: str) -> None:
        self.lines.append(lines[0])
        self.heard.set()

    async def until(self, line: str) -> None:
        while line not in self.lines:
            self.heard.clear()
            await self.heard.wait()


@pytest.fixture
def settings(collect_settings: CollectSettings, tmp_path: Path) -> WatchSettings:
    return WatchSettings(collect=collect_settings, store=tmp_path / "whotop.db")


@asynccontextmanager
async def running(settings: WatchSettings, wrong: WhotopError | None = None) -> AsyncIterator[tuple[Daemon, Told]]:
    async def reload() -> str:
        if wrong is not None:
            raise wrong
        return "configuration read: 1 machine added"

    clock, told = SystemClock(), Told()
    daemon = Daemon(Watch([Target(name="web-01")], settings, clock), told, reload, clock)
    task = asyncio.create_task(daemon.run())
    await asyncio.wait({task, asyncio.create_task(told.until("READY=1"))}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield daemon, told
    finally:
        daemon.stop()
        await task


async def test_it_is_ready_when_it_watches_and_stops_in_good_order(
    settings: WatchSettings, collectors: list[SilentCollector], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running(settings) as (_, told):
        assert collectors[0].watched.keys() == {"web-01"}
    assert told.lines == ["READY=1", "STOPPING=1"]
    assert "watching: 1 machine" in caplog.text
    assert caplog.messages[-1] == "stopped"


async def test_it_says_that_it_is_alive(
    settings: WatchSettings, collectors: list[SilentCollector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "LOOK_SECONDS", 0.01)
    async with running(settings) as (_, told):
        await told.until("WATCHDOG=1")


async def test_a_new_configuration_is_read_and_the_service_manager_knows(
    settings: WatchSettings, collectors: list[SilentCollector], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running(settings) as (daemon, told):
        told.lines.clear()
        daemon.reload()
        await told.until("READY=1")
        assert told.lines[0] == "RELOADING=1"
    assert "configuration read: 1 machine added" in caplog.messages


async def test_a_new_configuration_that_is_wrong_changes_nothing_and_is_said(
    settings: WatchSettings, collectors: list[SilentCollector], caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings, ConfigError("there is no such field", file="c.toml")) as (daemon, told):
        told.lines.clear()
        daemon.reload()
        await told.until("READY=1")
        assert collectors[0].watched.keys() == {"web-01"}
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "nothing was changed: c.toml: there is no such field")
    ]


async def test_what_cannot_be_watched_ends_it_with_the_reason(
    settings: WatchSettings, collectors: list[SilentCollector], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(monitor: Monitor) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Monitor, "start", full)
    with pytest.raises(StoreError, match="the disk is full"):
        async with running(settings):
            pass
