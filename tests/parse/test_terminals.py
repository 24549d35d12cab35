"""Terminals by their number in /proc/PID/stat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.terminals import terminal_name


@pytest.mark.parametrize(
    ("tty_nr", "name"),
    [
        (34816, "pts/0"),
        (34817, "pts/1"),
        (34816 + 255, "pts/255"),
        (1083436, "pts/300"),
        (1025, "tty1"),
        (1088, "ttyS0"),
    ],
)
def test_a_number_has_a_name(tty_nr: int, name: str) -> None:
    assert terminal_name(tty_nr) == name


@pytest.mark.parametrize("tty_nr", [0, 1024, 5 << 8, -1])
def test_other_numbers_have_none(tty_nr: int) -> None:
    assert terminal_name(tty_nr) == ""


def test_the_second_block_of_pseudo_terminals_goes_on_counting() -> None:
    assert terminal_name(137 << 8 | 4) == "pts/260"


@given(tty_nr=st.integers(-(2**31), 2**31 - 1))
def test_every_number_has_a_name_or_none(tty_nr: int) -> None:
    assert terminal_name(tty_nr).isascii()
