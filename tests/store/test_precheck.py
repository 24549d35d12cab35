"""What is wrong with a store is said before the screen starts, in one line."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from whotop.clock import ManualClock
from whotop.errors import StoreError, StoreTooNewError
from whotop.store.precheck import check_store, store_path
from whotop.store.store import Store, open_store
from whotop.store.version import VERSION_TABLE

Open = Callable[[], Awaitable[Store]]


def test_a_store_that_does_not_exist_yet_is_fine_and_is_not_created(place: Path) -> None:
    check_store(place)
    assert not place.parent.exists()


async def test_a_store_that_was_made_is_fine(store: Store, place: Path) -> None:
    check_store(place)


def test_a_path_and_an_sqlite_url_name_the_same_file() -> None:
    assert store_path("/var/lib/a b.db") == store_path("sqlite:////var/lib/a%20b.db") == Path("/var/lib/a b.db")


def test_another_database_is_refused_without_showing_its_password() -> None:
    with pytest.raises(StoreError, match=r"^db\.example/whotop: ") as caught:
        check_store("postgresql://whotop:secret@db.example/whotop")
    assert "secret" not in str(caught.value)


async def test_a_newer_schema_is_refused_with_both_versions(opened: Open, place: Path, clock: ManualClock) -> None:
    await (await opened()).close()
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreTooNewError, match=r"newer whotop \(schema 9999, this one knows \d{4}; update whotop\)"):
        check_store(place)
    with pytest.raises(StoreTooNewError):
        await open_store(place, clock=clock)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("something else entirely, and long enough to be read as a header" * 20)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="not a database"):
        check_store(file)
    with pytest.raises(StoreError, match="not a database"):
        await open_store(file, clock=clock)
    assert file.read_bytes() == before


async def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE moz_places (id INTEGER)")
    before = file.read_bytes()
    with pytest.raises(StoreError, match="not a whotop store"):
        await open_store(file, clock=clock)
    assert file.read_bytes() == before


def test_a_store_that_another_program_has_locked_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whotop.store.precheck.LOCKED_SECONDS", 0.0)
    with closing(sqlite3.connect(tmp_path / "w.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE whotop_schema (version_num TEXT)")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"w\.db: another program keeps it locked \(end that program"):
            check_store(tmp_path / "w.db")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no file"):
        check_store(tmp_path)


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="no folder"):
        check_store(tmp_path / "file" / "deeper" / "whotop.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        check_store(tmp_path / "whotop.db")


async def test_a_place_where_nothing_can_be_created_is_refused_in_one_line(clock: ManualClock) -> None:
    with pytest.raises(StoreError, match=r"^/proc/whotop/whotop\.db: [^\n]+$"):
        await open_store("/proc/whotop/whotop.db", clock=clock)


async def test_the_file_its_folder_and_what_sqlite_puts_beside_it_are_private(place: Path, clock: ManualClock) -> None:
    store = await open_store(place, clock=clock)
    store.claim(["web-01"])
    await store.beat()
    assert _mode(place.parent) == 0o700
    files = [place, *(Path(f"{place}{ending}") for ending in ("-wal", "-shm", ".lock"))]
    assert [_mode(file) for file in files] == [0o600] * 4
    await store.close()


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_check_loads_no_database_library() -> None:
    loaded = "import sys, whotop.store.precheck; print({'sqlalchemy', 'alembic', 'aiosqlite'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
