"""DuckDB, held to its memory, with its progress shown and its spill removed."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from whotop.analyse.progress import Progress, unseen

MEMORY_SHARE = 0.75
"""Of the memory asked for: DuckDB's limit does not bind all that the process takes (6 to 20 % more)."""
LOOK_SECONDS = 0.2


class Engine:
    """One connection to a database in memory, which spills into a folder of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, progress: Progress) -> None:
        self.connection = connection
        self._progress = progress

    def run(self, what: str, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement and give its rows; ``what`` is its name for people.

        It runs in a thread, so that ctrl+c ends it at once.
        """
        found: list[tuple[Any, ...]] = []
        failure: list[BaseException] = []
        ended = threading.Event()  # a join that ctrl+c interrupts takes its thread for ended (CPython bpo-45274)

        def work() -> None:
            try:
                found.extend(self.connection.execute(statement).fetchall())
            except BaseException as error:  # handed on to who asked
                failure.append(error)
            finally:
                ended.set()

        threading.Thread(target=work, name="duckdb", daemon=True).start()
        try:
            is_running = True
            while is_running:
                is_running = not ended.wait(LOOK_SECONDS)
                self._progress(what, max(self.connection.query_progress(), 0.0) / 100)
        except BaseException:
            while not ended.is_set():  # one that outlives the program brings it down
                self.connection.interrupt()
                ended.wait(LOOK_SECONDS)
            raise
        if failure:
            raise failure[0]
        return found


@contextlib.contextmanager
def engine(memory_bytes: int, progress: Progress = unseen) -> Iterator[Engine]:
    """An engine for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="whotop.", ignore_cleanup_errors=True) as folder:
        connection = duckdb.connect(config={"memory_limit": f"{int(memory_bytes * MEMORY_SHARE)}B"})
        try:
            connection.execute("SET temp_directory = ?", [str(Path(folder) / "spill")])
            connection.execute("SET enable_progress_bar = true")
            connection.execute("SET enable_progress_bar_print = false")
            yield Engine(connection, progress)
        finally:
            connection.close()
