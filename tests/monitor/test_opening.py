"""Which feed comes of it, and who polls."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.monitor.silent_collector import SilentCollector
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.core.fleet import Fleet
from whotop.errors import ConfigError, StoreError, WhotopError
from whotop.model import Target
from whotop.monitor import opening
from whotop.monitor.monitor import Monitor
from whotop.monitor.opening import Watch, WatchSettings, watching
from whotop.store.store import Store

WEB, DB, APP = Target(name="web-01"), Target(name="db-01"), Target(name="app-01")


@pytest.fixture
def settings(collect_settings: CollectSettings, tmp_path: Path) -> WatchSettings:
    return WatchSettings(collect=collect_settings, store=tmp_path / "whotop.db")


@pytest.fixture(autouse=True)
def promptly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "TAKE_OVER_SECONDS", 0.01)


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


async def test_machines_whose_process_has_ended_are_taken_over_and_the_same_stream_turns_live(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"web-01", "db-01"}
    async with watching([WEB, DB], settings, SystemClock()) as feed:
        fleet = Fleet()
        async for batch in feed.batches():
            fleet.apply(batch)
            others.clear()
            if feed.kind == "live" and fleet.machines.keys() == {"web-01", "db-01"}:
                break
        assert collectors[0].watched.keys() == {"web-01", "db-01"}


async def test_machines_that_become_free_one_after_the_other_are_taken_over_one_after_the_other(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"web-01", "db-01"}
    async with watching([WEB, DB], settings, SystemClock()) as feed:
        others.remove("db-01")
        fleet = Fleet()
        async for batch in feed.batches():
            fleet.apply(batch)
            if "db-01" in fleet.machines:
                break
        assert feed.kind == "follow"
        assert collectors[0].watched.keys() == {"db-01"}
        others.clear()
        async for _ in feed.batches():
            if feed.kind == "live":
                break
        assert len(collectors) == 1
        assert collectors[0].watched.keys() == {"web-01", "db-01"}


async def test_what_cannot_be_taken_over_yet_is_tried_again(
    settings: WatchSettings,
    collectors: list[SilentCollector],
    others: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others |= {"web-01"}
    start, released = Monitor.start, []
    refusals: list[WhotopError] = [StoreError("locked"), ConfigError("ssh_config is wrong")]

    async def refused_once(monitor: Monitor) -> None:
        if refusals:
            raise refusals.pop()
        await start(monitor)

    monkeypatch.setattr(Monitor, "start", refused_once)
    monkeypatch.setattr(Store, "release", lambda store, machines: released.extend(machines))
    async with watching([WEB], settings, SystemClock()) as feed:
        others.clear()
        async for _ in feed.batches():
            if feed.kind == "live":
                break
        assert released == ["web-01", "web-01"]


async def test_a_new_configuration_takes_no_machine_from_another(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"db-01"}
    watch = Watch([WEB, DB], settings, SystemClock())
    await watch.open()
    told = await watch.retarget([DB, APP])
    assert told == (
        "configuration read: 1 machine added, 1 machine removed; another whotop polls 1 of them, so reload it there too"
    )
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


async def test_who_follows_polls_what_is_new_and_free_and_says_where_to_reload_for_the_rest(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"web-01"}
    watch = Watch([WEB], settings, SystemClock())
    feed = await watch.open()
    assert "another whotop polls 1 of them" in await watch.retarget([WEB, DB])
    assert collectors[0].watched.keys() == {"db-01"}
    fleet = Fleet()
    async for batch in feed.batches():
        fleet.apply(batch)
        if "db-01" in fleet.machines:
            break
    assert feed.kind == "follow"
    await watch.close()


async def test_a_machine_that_is_asked_for_no_longer_goes_from_who_follows(
    settings: WatchSettings, collectors: list[SilentCollector], others: set[str]
) -> None:
    others |= {"web-01"}
    watch = Watch([WEB, DB], settings, SystemClock())
    feed = await watch.open()
    fleet, was_there = Fleet(), False
    async for batch in feed.batches():
        fleet.apply(batch)
        if "db-01" in fleet.machines and not was_there:
            was_there = True
            await watch.retarget([WEB])
        elif was_there and "db-01" not in fleet.machines:
            break
    await watch.close()


async def test_closing_is_safe_at_any_time(settings: WatchSettings, collectors: list[SilentCollector]) -> None:
    watch = Watch([WEB], settings, SystemClock())
    await watch.close()
    await watch.open()
    await watch.close()
    await watch.close()
