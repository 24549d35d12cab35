from __future__ import annotations

import csv
import io
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.small_fleet import NOW_US
from tests.tui.trial import Trial
from whotop.tui.table_file import as_csv, write_table

ROWS = [["user", "on"], ["alice", "2"]]


def test_the_file_is_named_after_the_table_and_the_time_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = write_table(tmp_path / "tables", "whotop-users", ROWS, NOW_US, UTC)
    assert path.name == "whotop-users-20261120-142207.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == b"user,on\r\nalice,2\r\n"


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    first = write_table(tmp_path, "t", ROWS, NOW_US, UTC)
    second = write_table(tmp_path, "t", ROWS, NOW_US, UTC)
    assert first != second
    assert second.name.endswith("-2.csv")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "\x1b[31m", "x" * 500, "…"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    path = write_table(tmp_path, name, ROWS, NOW_US, UTC)
    assert path.parent == tmp_path
    assert path.exists()


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back_and_none_is_a_formula(rows: list[list[str]]) -> None:
    for before, after in zip(rows, csv.reader(io.StringIO(as_csv(rows), newline="")), strict=True):
        for cell, read in zip(before, after, strict=True):
            assert read in (cell, f"'{cell}")
            assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))


def column(folder: Path, number: int) -> list[str]:
    """A column of the one table in a folder."""
    (path,) = folder.glob("*.csv")
    return [row[number] for row in csv.reader(io.StringIO(path.read_text()))]


async def test_w_writes_the_table_as_it_stands(trial: Trial, tmp_path: Path) -> None:
    async with trial.run():
        await trial.press("slash", "w", "e", "b", "enter", "S", "w")
        assert str(tmp_path) in trial.said()
    assert column(tmp_path, 1) == ["machine", "web-10", "web-02", "web-01"]


@pytest.fixture
def file_for_a_folder(tmp_path: Path) -> Path:
    """A file stands where tables should go."""
    tmp_path.rmdir()
    tmp_path.write_text("not a folder")
    return tmp_path


async def test_w_says_why_it_cannot(trial: Trial, file_for_a_folder: Path) -> None:
    async with trial.run():
        await trial.press("w")
        assert f"cannot write {file_for_a_folder}" in trial.said()


async def test_y_copies_the_name_in_the_selected_row(trial: Trial) -> None:
    copied = []
    async with trial.run():
        trial.pane(1).select("web-01")
        for number in "1234":
            await trial.press(number, "y")
            copied.append(trial.app.clipboard)
    assert copied == ["web-01", "alice", "db-02", "guest"]


async def test_capital_y_copies_the_selected_row(trial: Trial) -> None:
    async with trial.run():
        trial.pane(1).select("web-01")
        await trial.press("Y")
        assert trial.app.clipboard.startswith("●  web-01  3")
