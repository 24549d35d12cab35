"""Which feed comes of it, and who polls."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.monitor.silent_collector import SilentCollector
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.errors import StoreError
from whotop.model import Target
from whotop.monitor.monitor import Monitor
from whotop.monitor.opening import Watch, WatchSettings, watching
from whotop.store.store import Store

WEB, DB, APP = Target(name="web-01"), Target(name="db-01"), Target(name="app-01")


@pytest.fixture
def settings(collect_settings: CollectSettings, tmp_path: Path) -> WatchSettings:
    return WatchSettings(collect=collect_settings, store=tmp_path / "whotop.db")


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Machines that another whotop polls."""
    taken: set[str] = set()

    def claim(store: Store, machines: Iterable[str]) -> set[str]:
        return set(machines) - taken

    monkeypatch.setattr(Store, "claim", claim)
    return taken


async def test_without_a_store_the_feed_is_live(
    collect_settings: CollectSettings, collectors: list[SilentCollector]
) -> None:
    async with watching([WEB], WatchSettings(collect=collect_settings), SystemClock()) as feed:
        assert feed.kind == "live"
        assert collectors[0].watched == {"web-01": WEB}


async def test_machines_that_nobody_polls_are_polled(
    settings: WatchSettings, collectors: list[SilentCollector]
) -> None:
    async with watching([WEB, DB], settings, SystemClock()) as feed:
        assert feed.kind == "live"
        assert collectors[0].watched.keys() == {"web-01", "db-01"}


async def test_machines_that_another_polls_are_followed(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"web-01", "db-01"}
    async with watching([WEB, DB], settings, SystemClock()) as feed:
        assert feed.kind == "follow"
        assert collectors == []


async def test_of_machines_that_another_polls_in_part_the_rest_is_polled_and_all_followed(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"db-01"}
    async with watching([WEB, DB], settings, SystemClock()) as feed:
        assert feed.kind == "follow"
        assert collectors[0].watched.keys() == {"web-01"}


async def test_a_new_configuration_takes_no_machine_from_another(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"db-01"}
    watch = Watch([WEB, DB], settings, SystemClock())
    await watch.open()
    assert await watch.retarget([DB, APP]) == "configuration read: 1 machine added, 1 machine removed"
    assert collectors[0].watched.keys() == {"app-01"}
    await watch.close()


async def test_machines_that_are_reached_in_another_way_are_counted_as_changed(
    settings: WatchSettings, collectors: list[SilentCollector]
) -> None:
    watch = Watch([WEB, DB], settings, SystemClock())
    await watch.open()
    moved = [Target(name=target.name, host="10.0.0.9") for target in (WEB, DB)]
    assert await watch.retarget(moved) == "configuration read: 2 machines changed"
    assert await watch.retarget(moved) == "configuration read: the machines are the same"
    await watch.close()


async def test_a_new_configuration_is_left_alone_while_the_store_is_in_trouble(
    settings: WatchSettings, collectors: list[SilentCollector], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(monitor: Monitor, targets: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Monitor, "retarget", full)
    watch = Watch([WEB], settings, SystemClock())
    await watch.open()
    assert await watch.retarget([DB]) == "the machines stay as they were: the disk is full"
    await watch.close()


async def test_who_follows_says_where_to_reload(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"web-01"}
    watch = Watch([WEB], settings, SystemClock())
    await watch.open()
    assert "another whotop" in await watch.retarget([WEB, DB])
    await watch.close()


async def test_closing_is_safe_at_any_time(settings: WatchSettings, collectors: list[SilentCollector]) -> None:
    watch = Watch([WEB], settings, SystemClock())
    await watch.close()
    await watch.open()
    await watch.close()
    await watch.close()
