from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.lines import line_of, with_line
from whotop.errors import ConfigError

TEXT = """\
interval = "5s"
machines = []

[store.keep]   # how long
raw = "2h"

[[machines]]
name = "a"
[[machines]]
name = "b"
"port" = 22
inline = { x = 1 }
[[hosts]]
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("interval", 1),
        ("store.keep", 4),
        ("store.keep.raw", 5),
        ("machines[0].name", 8),
        ("machines[1]", 9),
        ("machines[1].port", 11),
        ("store", 4),
        ("hosts", 13),
        ("machines[1].inline.x", 12),
        ("machines[1].missing", 9),
        ("nowhere", 0),
    ],
)
def test_a_field_path_has_a_line(place: str, line: int) -> None:
    assert line_of(TEXT, place) == line


def test_an_error_gets_the_line_of_its_place(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(TEXT)
    error = with_line(ConfigError("is wrong", file=str(file), place="machines[1].port", mend="mend it"))
    assert str(error) == f"{file}: line 11, machines[1].port: is wrong (mend it)"


def test_an_error_without_a_file_stays_as_it_is() -> None:
    error = ConfigError("is wrong", place="--time-zone")
    assert with_line(error) is error


@pytest.mark.parametrize("before", ["[" + " " * 60_000 + "x", " " * 60_000 + "!", "a " * 30_000])
def test_a_long_line_that_is_neither_is_passed_over_at_once(before: str) -> None:
    assert line_of(f"{before}\n[store]\n", "store") == 2
