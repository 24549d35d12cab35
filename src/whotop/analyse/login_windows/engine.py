"""DuckDB, held to its memory, with its progress shown and its spill removed."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
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
        """Execute a statement and give its rows; ``what`` is its name for people. Ctrl+c ends it at once."""
        with self.started(what, statement) as running:
            return running.rows()

    @contextlib.contextmanager
    def started(self, what: str, statement: str) -> Iterator[Running]:
        """A statement that runs while the block does something else; it ends where the block fails."""
        running = Running(self.connection, statement, lambda share: self._progress(what, share))
        try:
            yield running
        except BaseException:
            running.stop()
            raise


class Running:
    """A statement in a thread of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statement: str, tell: Callable[[float], None]) -> None:
        self._connection, self._statement, self._tell = connection, statement, tell
        self._found: list[tuple[Any, ...]] = []
        self._failure: BaseException | None = None
        self._ended = threading.Event()  # a join that ctrl+c interrupts takes its thread for ended (bpo-45274)
        threading.Thread(target=self._work, name="duckdb", daemon=True).start()

    def rows(self) -> list[tuple[Any, ...]]:
        """What it gives, once it has ended; raises what went wrong."""
        is_running = True
        while is_running:
            is_running = not self._ended.wait(LOOK_SECONDS)
            self._tell(max(self._connection.query_progress(), 0.0) / 100)
        if self._failure is not None:
            raise self._failure
        return self._found

    def stop(self) -> None:
        """End it and wait for that: a thread that outlives the program brings it down."""
        while not self._ended.is_set():
            self._connection.interrupt()
            self._ended.wait(LOOK_SECONDS)

    def _work(self) -> None:
        try:
            self._found = self._connection.execute(self._statement).fetchall()
        except BaseException as error:  # handed on to who asks for the rows
            self._failure = error
        finally:
            self._ended.set()


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
