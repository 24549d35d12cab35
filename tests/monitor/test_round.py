"""One round over all machines, kept in the store."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from tests.monitor.silent_collector import SilentCollector
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.core.fleet import Fleet
from whotop.model import MachineState, Target
from whotop.monitor.opening import WatchSettings
from whotop.monitor.round import collect_round
from whotop.store.store import Store, open_store

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
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    closed = Target(name="closed", host="127.0.0.1", port=port, user="nobody")
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
