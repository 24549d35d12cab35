from __future__ import annotations

from whotop.config.reload import Difference, difference
from whotop.model import Target

A, B, C = Target(name="a"), Target(name="b"), Target(name="c")


def test_machines_come_and_go() -> None:
    assert difference([A, B], [B, C]) == Difference(added=(C,), removed=("a",), changed=())


def test_a_machine_reached_in_another_way_has_changed() -> None:
    moved = Target(name="b", port=23)
    assert difference([A, B], [A, moved]) == Difference((), (), (moved,))


def test_order_alone_is_no_difference() -> None:
    assert difference([A, B], [B, A]) == Difference((), (), ())
