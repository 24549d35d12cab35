from __future__ import annotations

from pathlib import Path

import pytest

from tests.monitor.machine_talk import Talk
from tests.monitor.silent_collector import SilentCollector
from tests.monitor.trial import Trial
from whotop.collect.settings import CollectSettings
from whotop.monitor import monitor as monitor_module


@pytest.fixture
async def trial() -> Trial:
    return Trial()


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def collectors(monkeypatch: pytest.MonkeyPatch) -> list[SilentCollector]:
    """The collectors made from now on, which reach nobody."""
    made: list[SilentCollector] = []
    monkeypatch.setattr(SilentCollector, "made", made, raising=False)
    monkeypatch.setattr(monitor_module, "Collector", SilentCollector)
    return made


@pytest.fixture
def collect_settings(tmp_path: Path) -> CollectSettings:
    """Nothing of the user's own is read."""
    return CollectSettings(own_known_hosts=tmp_path / "known_hosts", ssh_config_files=())
