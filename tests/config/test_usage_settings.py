"""The table of usage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from whotop.config.load import load_settings
from whotop.errors import ConfigError


def loaded(tmp_path: Path, text: str) -> object:
    file = tmp_path / "whotop.toml"
    file.write_text(f"[usage]\n{text}\n")
    return load_settings(file).usage


def test_a_first_day_is_a_date(tmp_path: Path) -> None:
    assert getattr(loaded(tmp_path, "start = 2024-01-31"), "start", None) == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('time_zone = "Mars/Olympus"', 'usage.time_zone: "Mars/Olympus" is no time zone'),
        ('schedule = "often"', 'usage.schedule: "often" is no schedule'),
        ('start = "soon"', "usage.start: expected a day, such as 2024-01-01"),
        ("start = 2024-01-01T10:00:00", "usage.start: expected a day, such as 2024-01-01"),
        ("start = 5", "usage.start: expected a date, got a whole number"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_place(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, text)
    assert what in str(refused.value)
