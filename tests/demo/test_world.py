"""What happens in the simulated fleet."""

from __future__ import annotations

import pytest

from whotop.clock import SECOND_US
from whotop.demo.people import ATTACKER, GUESSER, HOSTILE
from whotop.demo.world import PROBER, World, machine_names
from whotop.model import Origin
from whotop.parse import utmp

NOON_US = 1_763_726_400_000_000  # 2025-11-21T12:00:00Z


def lived(world: World, seconds: int) -> World:
    for step in range(1, 2 * seconds + 1):
        world.step(NOON_US + step * SECOND_US // 2)
    return world


@pytest.fixture(scope="module")
def busy() -> World:
    """Eight machines after five minutes."""
    return lived(World(8, NOON_US), 300)


def test_machines_are_named_by_their_kind() -> None:
    assert machine_names(7) == ["web-01", "db-01", "app-01", "build-01", "edge-01", "web-02", "db-02"]


def test_the_same_fleet_lives_the_same_life() -> None:
    first, second = (lived(World(3, NOON_US), 20) for _ in range(2))
    for one, other in zip(first.machines.values(), second.machines.values(), strict=True):
        assert one.wtmp == other.wtmp
        assert one.busy_ticks == other.busy_ticks


def test_there_is_a_past_to_look_at() -> None:
    for machine in World(5, NOON_US).machines.values():
        times_us = [event.time_us for event in utmp.events(bytes(machine.wtmp), machine.name)]
        assert min(times_us) < NOON_US - 7 * 86_400 * SECOND_US


def test_people_come_and_go(busy: World) -> None:
    kinds = {
        event.kind
        for machine in busy.machines.values()
        for event in utmp.events(bytes(machine.wtmp), machine.name)
        if event.time_us > NOON_US
    }
    assert {"login", "logout"} <= kinds


def test_one_source_logs_in_in_many_places(busy: World) -> None:
    visited = {machine.name for machine in busy.machines.values() if PROBER.source.encode() in bytes(machine.wtmp)}
    assert len(visited) > 2


def test_a_machine_overloads_and_one_goes_away_and_comes_back(busy: World) -> None:
    assert any(machine.overload_until_us for machine in busy.machines.values())
    away = [machine for machine in busy.machines.values() if machine.away_until_us]
    assert away
    lived_on = away[0]
    lived_on.step(lived_on.away_until_us + SECOND_US)
    assert not lived_on.is_away


def test_hostile_names_log_in(busy: World) -> None:
    everything = b"".join(machine.wtmp for machine in busy.machines.values())
    assert any(person.user[:32] in everything for person in HOSTILE)


def test_passwords_are_guessed_for_names_that_would_deface_a_screen_too() -> None:
    world = lived(World(1, NOON_US), 300)
    (machine,) = world.machines.values()
    failed = [event for event in utmp.events(bytes(machine.btmp), machine.name, Origin.BTMP) if event.time_us > NOON_US]
    assert len(failed) > 60
    assert {event.source for event in failed} >= {GUESSER}
    assert any(event.raw is not None for event in failed)
    assert all(event.user.isprintable() for event in failed)


def test_all_machines_are_tried_by_one_source(busy: World) -> None:
    tried = {machine.name for machine in busy.machines.values() if ATTACKER.encode() in bytes(machine.btmp)}
    assert tried == set(busy.machines)
