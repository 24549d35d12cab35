"""Whatever befalls a table of wtmpdb and the connection, each of its sessions is told with both its ends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.probe.conftest import Collected
from tests.probe.pieces import Piece
from tests.probe.table import Table
from whotop.probe.linux.wtmpdb import WtmpdbWatch
from whotop.probe.linux.wtmpdb_tables import DatabaseTable

START_US = 1_763_770_000_000_000


class Course(RuleBasedStateMachine):
    """People come and go, tables are rotated, connections end with pieces underway."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.table = Table(Path(self.folder.name) / "wtmp.db")
        self.table.rotate(0)
        self.now_us = START_US
        self.open: dict[int, int] = {}
        self.expected: dict[int, int | None] = {}
        """Logouts by logins."""
        self.told: dict[int, int | None] = {}
        self.cursor: dict[str, Any] | None = None
        self.written = Collected()
        self.connect()

    def connect(self) -> None:
        self.underway: list[Piece] = []
        self.watch = WtmpdbWatch(self.written, "wtmpdb", DatabaseTable(bytes(self.table.path)))
        self.watch.start(self.cursor, 7_680_000)

    def later(self) -> int:
        self.now_us += 1_000_000
        return self.now_us

    @rule(count=st.integers(1, 60))
    def come(self, count: int) -> None:
        for _ in range(count):
            login_us = self.later()
            self.open[self.table.login("ann", login_us)] = login_us
            self.expected[login_us] = None

    @precondition(lambda self: self.open)
    @rule(data=st.data(), clock_is_set_back=st.booleans())
    def go(self, data: st.DataObject, clock_is_set_back: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.open)))
        login_us = self.open.pop(number)
        # At most by the time that a writer may wait for its turn, or for one of the newest rows, by any.
        by_us = 3_600_000_000 if clock_is_set_back and len(self.open) < 40 else 0
        self.expected[login_us] = self.later() - by_us
        self.table.logout(number, self.now_us - by_us)

    @rule()
    def look(self) -> None:
        self.watch._next_read = 0.0
        self.watch.look()

    @rule()
    def send(self) -> None:
        if self.watch.can_send:
            self.watch.send_piece()
            self.underway.append(Piece(self.written.messages.pop()))

    @precondition(lambda self: self.underway)
    @rule()
    def take(self) -> None:
        """Keep the next piece and its cursor, as the store does in one transaction."""
        piece = self.underway.pop(0)
        for row in piece.rows:
            self.told[row[3]] = row[4]
        self.cursor = piece.cursor
        self.watch.acknowledge(piece.number)
        assert "replaced" not in piece.marks

    @rule()
    def lose_the_connection(self) -> None:
        self.connect()

    @rule()
    def rotate(self) -> None:
        self.drain()
        closed = [login_us for login_us in self.expected if login_us not in self.open.values()]
        oldest_open = min(self.open.values(), default=self.now_us + 1)
        self.table.rotate(max((login_us for login_us in closed if login_us < oldest_open), default=0))

    def drain(self) -> None:
        self.connect()
        for _ in range(8):
            self.look()
            self.send()
            while self.underway:
                self.take()

    @invariant()
    def nothing_is_told_that_never_was(self) -> None:
        assert self.told.keys() <= self.expected.keys()

    def teardown(self) -> None:
        with self.folder:
            self.drain()
            assert self.told == self.expected


Course.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestCourse = Course.TestCase
