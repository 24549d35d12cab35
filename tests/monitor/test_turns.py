"""Turns: whose records are asked for, and when."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from whotop.monitor.turns import AT_ONCE, ROOM, Turns


@dataclass
class Fleet:
    """Machines that connect, and a store that is as far behind as it is said to be."""

    unwritten: int = 0
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turns = Turns(lambda: self.unwritten, self.asked.append)

    def connect(self, count: int) -> list[str]:
        """Machines that have their turn at once."""
        return [name for name in (f"web-{number:03d}" for number in range(count)) if self.turns.has_one(name)]


@pytest.fixture
async def fleet() -> Fleet:
    return Fleet()


async def test_a_few_machines_tell_their_records_at_once(fleet: Fleet) -> None:
    assert len(fleet.connect(AT_ONCE)) == AT_ONCE


async def test_of_many_the_others_are_asked_in_the_order_in_which_they_came(fleet: Fleet) -> None:
    fleet.connect(AT_ONCE + 3)
    assert fleet.asked == []
    for _ in range(3):
        fleet.turns.next_round()
    assert fleet.asked == ["web-001", "web-002", "web-003"]


async def test_nobody_new_is_asked_while_the_store_is_behind(fleet: Fleet) -> None:
    fleet.unwritten = ROOM + 1
    assert fleet.connect(1) == []
    fleet.turns.next_round()
    assert fleet.asked == []
    fleet.unwritten = 0
    fleet.turns.next_round()
    assert fleet.asked == ["web-000"]


async def test_a_turn_lasts_as_long_as_the_connection(fleet: Fleet) -> None:
    fleet.connect(1)
    fleet.unwritten = ROOM + 1
    assert fleet.turns.has_one("web-000")
    fleet.turns.take_back("web-000")
    assert not fleet.turns.has_one("web-000")


async def test_a_machine_that_has_gone_is_not_asked(fleet: Fleet) -> None:
    fleet.connect(AT_ONCE + 2)
    fleet.turns.take_back("web-001")
    fleet.turns.next_round()
    assert fleet.asked == ["web-002"]


async def test_each_round_has_room_for_as_many_again(fleet: Fleet) -> None:
    fleet.connect(4 * AT_ONCE)
    fleet.turns.next_round()
    assert len(fleet.asked) == AT_ONCE
    fleet.turns.next_round()
    assert len(fleet.asked) == 2 * AT_ONCE
