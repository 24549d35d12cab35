"""The migrations make the schema that the code expects, once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from whotop.clock import ManualClock
from whotop.store.columns import metadata
from whotop.store.migrate import MIGRATIONS
from whotop.store.precheck import stored_version
from whotop.store.store import Store, make_ready, open_store
from whotop.store.version import SCHEMA_VERSION, VERSION_TABLE

Open = Callable[[], Awaitable[Store]]


async def test_the_migrated_database_is_the_one_that_the_tables_describe(place: Path, clock: ManualClock) -> None:
    await (await open_store(place, clock=clock)).close()
    engine = create_engine(f"sqlite:///{place}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_version_that_the_check_knows_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_VERSION]


async def test_a_store_that_is_up_to_date_does_not_load_alembic(opened: Open) -> None:
    await opened()
    alembic = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "alembic"}
    await opened()
    assert not [name for name in sys.modules if name.split(".")[0] == "alembic"]
    sys.modules.update(alembic)


def test_several_that_make_a_store_at_the_same_time_find_it_made_once(place: Path) -> None:
    place.parent.mkdir()
    make = (
        "import sys; from pathlib import Path; from whotop.store.store import make_ready;"
        "input(); make_ready(Path(sys.argv[1]))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", make, str(place)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in processes] == [b""] * 3
    assert stored_version(place) == SCHEMA_VERSION


def test_several_stores_can_be_made_at_the_same_time(tmp_path: Path) -> None:
    places = [tmp_path / f"{number}.db" for number in range(3)]
    with ThreadPoolExecutor(len(places)) as threads:
        list(threads.map(make_ready, places))
    assert [stored_version(place) for place in places] == [SCHEMA_VERSION] * len(places)


async def test_counting_commits_begins_with_one(store: Store, place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("SELECT number FROM revisions").fetchall() == [(0,)]
