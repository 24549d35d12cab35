from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.core.beginnings import Beginnings


def beginnings(*times_us: int) -> Beginnings:
    held = Beginnings()
    for number, time_us in enumerate(times_us):
        held.add(time_us, b"%d" % number)
    return held


def test_what_began_within_the_tolerance_is_near() -> None:
    held = beginnings(10, 20, 30, 40)
    assert held.near(25, 5, 9) == [b"1", b"2"]
    assert held.near(25, 4, 9) == []


def test_a_late_one_takes_its_place_and_equal_times_keep_their_order() -> None:
    held = beginnings(10, 30, 20, 10)
    assert held.near(20, 10, 9) == [b"0", b"3", b"2", b"1"]


def test_the_latest_is_that_of_all_that_were_ever_added() -> None:
    held = beginnings(10, 30, 20)
    held.drop({b"1"})
    assert (len(held), held.latest_us, held.near(20, 100, 9)) == (2, 30, [b"0", b"2"])


@given(st.lists(st.integers(0, 50)), st.integers(0, 50), st.integers(0, 9))
def test_near_is_what_a_look_at_each_one_finds(times_us: list[int], time_us: int, tolerance_us: int) -> None:
    expected = {b"%d" % number for number, one in enumerate(times_us) if abs(one - time_us) <= tolerance_us}
    found = beginnings(*times_us).near(time_us, tolerance_us, len(times_us))
    assert (set(found), len(found)) == (expected, len(expected))
