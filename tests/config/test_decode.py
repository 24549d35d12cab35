from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.config.decode import decode
from whotop.config.settings import Settings
from whotop.errors import ConfigError


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    limit: Annotated[float, msgspec.Meta(ge=0, le=100)] = 90.0
    for_seconds: Annotated[float, msgspec.Meta(ge=1, le=3_600)] = 300.0


class Outer(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=8)]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] | None = None
    on: bool = True
    kind: Literal["strict", "loose"] = "strict"
    cpu: Inner = Inner()
    words: tuple[str, ...] = ()
    either: tuple[str | Inner, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}


def decoded(**table: object) -> Outer:
    return decode({"name": "x"} | table, Outer, file="c.toml")


def test_a_duration_is_written_without_its_unit_in_the_name() -> None:
    assert decoded(cpu={"limit": 80, "for": "5m"}).cpu == Inner(limit=80.0, for_seconds=300.0)


def test_a_list_may_be_written_as_its_only_element() -> None:
    assert decoded(words="one").words == ("one",)
    assert decoded(groups={"web": "web-*"}).groups == {"web": ("web-*",)}


def test_an_element_is_text_or_a_table_by_its_shape() -> None:
    assert decoded(either=["a", {"limit": 1}]).either == ("a", Inner(limit=1.0))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"port": "22"}, "c.toml: port: expected a whole number, got text"),
        ({"port": 2.5}, "c.toml: port: expected a whole number, got a number"),
        ({"port": True}, "c.toml: port: expected a whole number, got true or false"),
        ({"port": 70_000}, "c.toml: port: 70000 is too large: at most 65535"),
        ({"port": 0}, "c.toml: port: 0 is too small: at least 1"),
        ({"name": ""}, "c.toml: name: must not be empty"),
        ({"name": "x" * 9}, "c.toml: name: is longer than 8 characters"),
        ({"on": "yes"}, "c.toml: on: expected true or false, got text"),
        ({"kind": "no"}, 'c.toml: kind: "no" is not possible (one of strict, loose)'),
        ({"kind": "strikt"}, 'c.toml: kind: "strikt" is not possible (did you mean "strict"? one of strict, loose)'),
        ({"kind": ["strict"]}, "c.toml: kind: a list is not possible (one of strict, loose)"),
        ({"cpu": 5}, "c.toml: cpu: expected a table, got a whole number"),
        ({"cpu": {"limit": 101}}, "c.toml: cpu.limit: 101 is too large: at most 100"),
        ({"cpu": {"for": 5}}, "c.toml: cpu.for: expected a length of time, got a whole number "
         '(such as "5s" or "1h 30m")'),
        ({"cpu": {"for": "5"}}, 'c.toml: cpu.for: "5" has no unit: write "5s" for seconds, or m, h, d, w, y'),
        ({"cpu": {"for": "2h"}}, 'c.toml: cpu.for: "2h" is too long (at most 1h)'),
        ({"cpu": {"for": "1ms"}}, 'c.toml: cpu.for: "1ms" is too short (at least 1s)'),
        ({"words": ["a", 1]}, "c.toml: words[1]: expected text, got a whole number"),
        ({"words": 1}, "c.toml: words: expected a list, got a whole number"),
        ({"groups": {"web": [1]}}, "c.toml: groups.web[0]: expected text, got a whole number"),
        ({"groups": []}, "c.toml: groups: expected a table, got a list"),
        ({"either": [{"limmit": 1}]}, 'c.toml: either[0].limmit: there is no such field (did you mean "limit"?)'),
        ({"zzz": 1}, "c.toml: zzz: there is no such field "
         "(known are cpu, either, groups, kind, name, on, port, words)"),
        ({"for_seconds": 1}, "c.toml: for_seconds: there is no such field "
         "(known are cpu, either, groups, kind, name, on, port, words)"),
        ({"password": "x"}, "c.toml: password: secrets are never read from this file "
         "(use password_environment, password_command or password_keyring)"),
    ],
)  # fmt: skip
def test_an_error_names_the_file_the_field_and_the_mend(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        decoded(**table)
    assert str(raised.value) == message


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ConfigError, match='"name" is missing'):
        decode({}, Outer, file="c.toml")


def test_the_place_of_the_table_itself_comes_first() -> None:
    with pytest.raises(ConfigError, match=r"c.toml: rules\.cpu\.limit: expected a number"):
        decode({"name": "x", "cpu": {"limit": "much"}}, Outer, file="c.toml", place="rules")


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([name.removesuffix("_seconds") for name in Settings.__struct_fields__]), _VALUES)
)
def test_no_file_does_worse_than_a_configuration_error(table: dict[str, Any]) -> None:
    try:
        settings = decode(table, Settings, file="c.toml")
    except ConfigError as error:
        assert error.file == "c.toml"  # noqa: PT017
        assert error.place  # noqa: PT017
    else:
        assert isinstance(settings, Settings)
