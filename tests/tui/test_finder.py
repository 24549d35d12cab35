"""Places found by name, and what is said of each in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import pytest

from tests.tui.fake_feed import FakeHistory
from tests.tui.small_fleet import NOW_US, whole_fleet
from whotop.clock import DAY_US, ManualClock
from whotop.core.feed import Batch
from whotop.core.fleet import Fleet
from whotop.core.names import KnownName, NameKind, search_of
from whotop.tui.finder import Finder, FoundPlace, only_new
from whotop.tui.options import Limits
from whotop.tui.views.place import MachinePlace, SourcePlace, UserPlace
from whotop.tui.views.scene import Scene


@pytest.fixture
def history() -> FakeHistory:
    return FakeHistory()


@pytest.fixture
def finder(history: FakeHistory) -> Finder:
    fleet = Fleet()
    fleet.apply(Batch(1, NOW_US, tuple(whole_fleet())))
    return Finder(Scene(fleet, ManualClock(NOW_US), UTC, Limits()), lambda: history)


def told(found: Sequence[FoundPlace]) -> list[str]:
    return [f"{one.name}: {one.fact}" for one in found]


@pytest.mark.parametrize(
    ("typed", "facts"),
    [
        ("machine web-0", ["web-01: 3 on", "web-02: 1 on"]),
        ("edge", ["edge-03: down"]),
        ("alpine", ["alpine-9: cannot tell who is on"]),
        ("user alice", ["alice: on 2 machines"]),
        ("user guest", ["guest: 1 failed login in a day"]),
        ("user carol", ["carol: last login 12:22:07"]),
        ("source 203.", ["203.0.113.9: on 1 machine"]),
        ("db-02", ["db-02: 1 on"]),
        ("nobody", []),
    ],
)
def test_of_the_fleet_it_is_said_who_is_on_where(finder: Finder, typed: str, facts: list[str]) -> None:
    assert told(finder.in_fleet(search_of(typed))) == facts


def test_machines_come_before_users_and_users_before_sources(finder: Finder) -> None:
    assert [type(one.place) for one in finder.in_fleet(search_of("2"))] == [MachinePlace] * 2 + [SourcePlace] * 2
    assert [one.name for one in finder.in_fleet(search_of("al"))] == ["alpine-9", "alice"]


async def test_of_the_store_it_is_said_when_somebody_last_came(finder: Finder, history: FakeHistory) -> None:
    history.names = [
        KnownName(NameKind.MACHINE, "old-01", NOW_US - 2 * DAY_US),
        KnownName(NameKind.MACHINE, "old-02"),
        KnownName(NameKind.MACHINE, "web-01", NOW_US - 12_000_000),
        KnownName(NameKind.USER, "goldie", NOW_US - 400 * DAY_US),
        KnownName(NameKind.USER, "golduser", 0, NOW_US - 2 * DAY_US),
    ]
    assert told(await finder.in_store(search_of("old"))) == [
        "old-01: not watched, last login Nov 18 14:22",
        "old-02: not watched, no login kept",
        "goldie: last login 2025-10-16 14:22",
        "golduser: no login kept, last failed Nov 18 14:22",
    ]
    assert told(await finder.in_store(search_of("machine web"))) == ["web-01: last login 14:21:55"]


def test_what_the_store_finds_is_listed_only_where_the_fleet_has_not_found_it() -> None:
    listed = [FoundPlace(UserPlace("ann"), NameKind.USER, "ann", "on 1 machine")]
    machine = FoundPlace(MachinePlace("ann"), NameKind.MACHINE, "ann", "not watched")
    user = FoundPlace(UserPlace("ann"), NameKind.USER, "ann", "last login 12:00:00")
    assert only_new([machine, user], listed) == [machine]


async def test_without_a_feed_there_is_no_store_to_ask() -> None:
    scene = Scene(Fleet(), ManualClock(NOW_US), UTC, Limits())
    assert await Finder(scene, lambda: None).in_store(search_of("ann")) == []
