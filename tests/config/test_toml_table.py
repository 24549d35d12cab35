from __future__ import annotations

import tomllib

import pytest

from whotop.config.toml_table import KEY_PARTS_MAX, TooMuchError, toml_table


def test_a_text_is_a_table() -> None:
    assert toml_table('a."b c".d = 1\nx = "1.2.3.4"\n') == {"a": {"b c": {"d": 1}}, "x": "1.2.3.4"}


def test_what_is_no_toml_is_said_by_its_own_error() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        toml_table("a = ")


def test_many_addresses_are_no_long_key() -> None:
    machines = ", ".join(f'"10.0.{number // 256}.{number % 256}"' for number in range(2_000))
    assert len(toml_table(f"machines = [{machines}]")) == 1


@pytest.mark.parametrize("part", ["a.", "a . ", '"b".', "'b' .", "a-b."])
def test_a_key_of_many_parts_is_refused_before_it_fills_the_memory(part: str) -> None:
    with pytest.raises(TooMuchError, match="is nested too deep"):
        toml_table(f"x = 1\n{part * (60_000 // len(part))}a = 1")
    with pytest.raises(TooMuchError, match="is nested too deep"):
        toml_table(f"[{part * (KEY_PARTS_MAX + 1)}a]")


def test_a_list_in_a_list_in_a_list_is_refused() -> None:
    with pytest.raises(TooMuchError, match="is nested too deep"):
        toml_table("a = " + "[" * 5_000)


def test_a_number_of_many_pages_is_refused() -> None:
    with pytest.raises(TooMuchError, match="a number of thousands of digits"):
        toml_table("a = " + "9" * 5_000)


@pytest.mark.parametrize("text", ["a" * 60_000, '"' * 60_000, "a " * 30_000, "'a" * 30_000], ids=lambda text: text[:3])
def test_what_is_no_key_at_all_is_passed_over_at_once(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        toml_table(text)
