"""One round over all machines, kept in the store."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.monitor.machine_talk import NOON_US
from tests.monitor.silent_collector import SilentCollector
from tests.monitor.test_windows_machine import ALICE, WindowsTalk
from tests.notify.conftest import Serve, authority, serve, smtp  # noqa: F401 - fixtures
from whotop.clock import ManualClock, SystemClock
from whotop.collect.settings import CollectSettings
from whotop.config.notify_settings import NotifyTable, SmtpTable
from whotop.core.fleet import Fleet
from whotop.model import MachineState, Target
from whotop.monitor import monitor as monitor_module
from whotop.monitor import round as round_module
from whotop.monitor.opening import WatchSettings
from whotop.monitor.round import collect_round
from whotop.notify.settings import NotifySettings
from whotop.store.store import Store, open_store
from whotop.wire.messages import Figures

ROUNDS_APART_SECONDS = 60.0
HERE = Target(name="here", local=True)


@pytest.fixture
def settings(collect_settings: CollectSettings, tmp_path: Path) -> WatchSettings:
    return WatchSettings(collect=collect_settings, store=tmp_path / "whotop.db")


async def kept(settings: WatchSettings) -> Fleet:
    """What the store has afterwards."""
    assert settings.store is not None
    store = await open_store(settings.store, clock=SystemClock())
    fleet = Fleet()
    fleet.apply(await store.whole())
    await store.close()
    return fleet


@pytest.mark.skipif(sys.platform != "linux", reason="the probe of this machine needs Linux")
async def test_a_machine_is_read_twice_and_kept_and_one_that_refuses_is_named(settings: WatchSettings) -> None:
    closed = Target(name="closed", host="127.0.0.1", port=1, user="nobody")
    counted: list[int] = []
    done = await collect_round([HERE, closed], settings, SystemClock(), on_known=counted.append)
    assert done.not_reached == {"closed": "connection refused"}
    assert done.left == ()
    assert sum(counted) == 2
    fleet = await kept(settings)
    assert fleet.samples["here"].cpu_percent is not None
    assert fleet.machines["here"].interval_seconds == HERE.interval_seconds
    assert [(alert.rule, alert.machine) for alert in fleet.open_alerts()] == [("unreachable", "closed")]


async def test_a_machine_that_says_nothing_is_given_up(
    settings: WatchSettings, collectors: list[SilentCollector]
) -> None:
    done = await collect_round([Target(name="mute")], settings, SystemClock(), patience_seconds=0.05)
    assert done.not_reached == {"mute": "no answer within 0 s"}
    assert collectors[0].watched == {}
    assert (await kept(settings)).machines["mute"].state is MachineState.DOWN


async def test_machines_that_another_process_polls_are_left_to_it(
    settings: WatchSettings, collectors: list[SilentCollector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "claim", lambda store, machines: set())
    done = await collect_round([HERE], settings, SystemClock())
    assert (done.left, done.not_reached) == (("here",), {})


class BusyWindows(WindowsTalk):
    """Its processor does something."""

    def figures(self, seconds: float) -> Figures:
        up_seconds = 3_600 + seconds
        told = {"idle": 500, "kernel": 900, "user": 100, "uptime_ms": 1000}
        counters = {name: round(each * up_seconds) for name, each in told.items()}
        return Figures(clock_us=self.at(seconds), windows=json.dumps(counters).encode())


class WindowsCollector(SilentCollector):
    """Speaks for a Windows machine that tells one event whenever it is reached."""

    talk = BusyWindows()

    async def run(self) -> None:
        sink, seconds = self.sink, ROUNDS_APART_SECONDS * self.talk.records
        now_us = self.talk.at(seconds)
        sink.hello("dc-01", self.talk.hello(seconds), now_us)
        sink.sessions("dc-01", self.talk.listed(seconds), now_us)
        sink.figures("dc-01", self.talk.figures(seconds), now_us)
        sink.records("dc-01", self.talk.told(seconds, self.talk.line(seconds, 4625, **ALICE)), now_us)
        sink.figures("dc-01", self.talk.figures(seconds + 1), self.talk.at(seconds + 1))
        await super().run()


async def test_the_security_events_of_a_windows_machine_are_mailed_in_every_round(
    settings: WatchSettings,
    serve: Serve,  # noqa: F811
    smtp: Callable[..., SmtpTable],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SilentCollector, "made", [], raising=False)
    monkeypatch.setattr(monitor_module, "Collector", WindowsCollector)
    monkeypatch.setattr(round_module, "QUIET_SECONDS", 0.0)
    server = await serve()
    settings = replace(settings, notify=NotifySettings(table=NotifyTable(smtp=smtp(server))))
    clock = ManualClock(NOON_US)
    for _ in range(2):
        done = await collect_round([Target(name="dc-01", mail="dc@example.org")], settings, clock, patience_seconds=5.0)
        assert done.not_reached == {}
        clock.advance(ROUNDS_APART_SECONDS)
    assert server.subjects() == ["[whotop] dc-01: 1 security event"] * 2
    assert {str(mail["To"]) for mail in server.mails} == {"dc@example.org"}


async def test_a_machine_that_is_not_reached_is_tried_once_a_round(
    settings: WatchSettings, collectors: list[SilentCollector], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(collector: SilentCollector) -> None:
        collector.sink.lost("web-01", "no route to the machine", retry_seconds=1.0)
        await asyncio.Event().wait()

    monkeypatch.setattr(SilentCollector, "run", fails)
    done = await collect_round([Target(name="web-01")], settings, SystemClock())
    assert done.not_reached == {"web-01": "no route to the machine"}
    assert collectors[0].watched == {}
