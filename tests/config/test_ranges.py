from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.config.ranges import expand, expand_inventory


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("web", ["web"]),
        ("web-[1-3]", ["web-1", "web-2", "web-3"]),
        ("web-[08-11]", ["web-08", "web-09", "web-10", "web-11"]),
        ("web-[01-02,07]", ["web-01", "web-02", "web-07"]),
        ("r[1-2]n[1-2].lan", ["r1n1.lan", "r1n2.lan", "r2n1.lan", "r2n2.lan"]),
        ("ops@web-[1-2]:22", ["ops@web-1:22", "ops@web-2:22"]),
        ("[::1]:22", ["[::1]:22"]),
        ("web-[abc]*", ["web-[abc]*"]),
        ("web-[]", ["web-[]"]),
    ],
)
def test_a_range_stands_for_each_of_its_names(text: str, names: list[str]) -> None:
    assert expand(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("web[01:03].lan", ["web01.lan", "web02.lan", "web03.lan"]),
        ("web[1:7:3]", ["web1", "web4", "web7"]),
        ("db-[a:c]", ["db-a", "db-b", "db-c"]),
        ("web[1-3]", ["web[1-3]"]),
    ],
)
def test_an_inventory_writes_ranges_with_colons(text: str, names: list[str]) -> None:
    assert expand_inventory(text) == names


@pytest.mark.parametrize("text", ["n[1-99999]", "n[1-200][1-200]", "n[1-999999999]"])
def test_too_many_machines_are_counted_not_made(text: str) -> None:
    with pytest.raises(ValueError, match="at most 20000"):
        expand(text)


def test_a_range_that_falls_is_refused() -> None:
    with pytest.raises(ValueError, match="the first number must be the smaller one"):
        expand("web-[9-1]")


@pytest.mark.parametrize("text", ["n[3:1]", "n[c:a]", "n[1:5:0]"])
def test_an_inventory_range_must_rise(text: str) -> None:
    with pytest.raises(ValueError, match="it must rise"):
        expand_inventory(text)


@given(st.text(alphabet="w[]0123-,:a", max_size=30))
def test_any_text_is_expanded_or_refused_in_one_line(text: str) -> None:
    for read in (expand, expand_inventory):
        try:
            names = read(text)
        except ValueError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert 1 <= len(names) <= 20_000


@pytest.mark.parametrize("text", ["n[" + "0" * 60_000 + "1-20000]", "n[1-" + "9" * 5_000 + "]"], ids=["zeros", "nines"])
def test_a_number_of_a_range_has_nine_digits_at_most(text: str) -> None:
    with pytest.raises(ValueError, match="at most 9 digits"):
        expand(text)
    with pytest.raises(ValueError, match="at most 9 digits"):
        expand_inventory(text.replace("-", ":"))


def test_names_that_would_fill_the_memory_are_not_made() -> None:
    with pytest.raises(ValueError, match="too long for 20000 machines"):
        expand("n" * 60_000 + "[1-20000]")
