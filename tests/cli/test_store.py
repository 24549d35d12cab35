"""``whotop store``: what it holds, what it will take, and forgetting a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TABLE = (
    "date,type,machine,user\n"
    "2026-11-18 10:00:00,login,web-01,anna\n"
    "2026-11-18 11:00:00,logout,web-01,anna\n"
    "2026-11-18 12:00:00,login,web-02,bert\n"
)


@pytest.fixture
def full(whotop: Run, tmp_path: Path) -> Path:
    """A store with what was imported from a table."""
    file = tmp_path / "logins.csv"
    file.write_text(TABLE)
    place = tmp_path / "whotop.db"
    assert whotop("import", str(file), "--store", str(place))[0] == 0
    return place


def test_it_says_how_large_it_is_and_will_be(whotop: Run, full: Path) -> None:
    code, out, _ = whotop("store", "--store", str(full))
    assert code == 0
    assert str(full) in out
    assert "3  events" in out
    assert "samples as they came, 2h" in out


def test_it_says_so_to_programs(whotop: Run, full: Path) -> None:
    told = json.loads(whotop("store", "--store", str(full), "--json")[1])
    assert told["rows"]["sessions"] == 2
    assert [part["kept_seconds"] for part in told["forecast"]] == [7_200, 1_209_600, 63_072_000, 34_560_000]


def test_where_there_is_none_none_is_made(whotop: Run, tmp_path: Path) -> None:
    place = tmp_path / "none.db"
    code, _, error = whotop("store", "--store", str(place))
    assert (code, error) == (1, f"whotop: {place}: there is no store yet\n")
    assert not place.exists()


def test_a_person_is_forgotten(whotop: Run, full: Path) -> None:
    assert whotop("store", "forget", "anna", "--yes", "--store", str(full))[:2] == (0, "1 session, 2 events deleted\n")
    code, _, error = whotop("store", "forget", "anna", "--yes", "--store", str(full))
    assert (code, error) == (1, "whotop: the store knows no user anna\n")


def test_what_is_too_old_leaves_when_asked(whotop: Run, full: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.toml"
    short.write_text('[store.keep]\nevents = "1m"\n')
    assert whotop("store", "expire", "-c", str(short), "--store", str(full))[1] == "7 rows deleted\n"


def test_themes_are_listed(whotop: Run) -> None:
    code, out, _ = whotop("themes")
    assert code == 0
    assert "dusk            dark, the default" in out.splitlines()
