"""One reading of every machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.model import MachineState, Target
from whotop.monitor.opening import WatchSettings
from whotop.monitor.poll import poll_once

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the probe of this machine needs Linux")

HERE = Target(name="here", local=True)


@pytest.fixture
def settings(collect_settings: CollectSettings, tmp_path: Path) -> WatchSettings:
    return WatchSettings(collect=collect_settings, store=tmp_path / "whotop.db")


async def test_this_machine_is_read_twice(settings: WatchSettings) -> None:
    fleet = await poll_once([HERE], settings, SystemClock())
    assert fleet.machines["here"].state is MachineState.UP
    assert fleet.samples["here"].cpu_percent is not None


async def test_a_machine_that_refuses_is_down_by_reason_and_holds_nobody_up(settings: WatchSettings) -> None:
    closed = Target(name="closed", host="127.0.0.1", port=1, user="nobody")
    fleet = await poll_once([HERE, closed], settings, SystemClock())
    assert fleet.machines["closed"].state is MachineState.DOWN
    assert "refused" in fleet.machines["closed"].reason
    assert fleet.machines["here"].state is MachineState.UP


async def test_one_reading_leaves_nothing_in_the_store(settings: WatchSettings, tmp_path: Path) -> None:
    await poll_once([HERE], settings, SystemClock())
    assert not (tmp_path / "whotop.db").exists()


async def test_no_machine_is_no_reading(settings: WatchSettings) -> None:
    fleet = await poll_once([], settings, SystemClock())
    assert fleet.machines == {}
