"""wtmpdb: its rows as JSON lines, each when it is written and again when it gets its logout.

A logout is an update of an old row, so the rows seen open are asked for again whenever the table
has changed. The mark names them, so that this works after a restart as well; where there are more
than it holds, those that have ended meanwhile are found by the time of the newest logout sent.
"""

import json
import os
import time

from whotop.probe.linux.database import Locked, Unreadable
from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.marked_source import LINES_BYTES, MARK_BYTES, MarkedSource
from whotop.probe.linux.record_file import UnreadableFile
from whotop.probe.linux.wtmpdb_tables import (
    WTMPDB_PATHS,
    WTMPDB_SOCKETS,
    DatabaseTable,
    Row,
    ServiceTable,
)

HISTORY_ROW_BYTES = 384
LOGOUT_SLACK_US = 10000000
"""A writer takes the time, then waits 5 s at most for its turn to write."""
OPEN_KEPT = 2000
STEPS_BYTES = MARK_BYTES - 80
LONGEST_WAIT_SECONDS = 4.0
"""A table that could not be read for 7 s is taken for broken."""


class TablePlace:
    """How far the table has been sent."""

    def __init__(self, mark: bytes = b"") -> None:
        fields = [int(one) if one.isdigit() else 0 for one in mark.split(b" ")]
        self.number, self.login_us, self.logout_us, self.all_open_from = [*fields[:4], 0, 0, 0, 0][:4]
        """The newest row's number and login (which tells it from another of that number), the newest
        logout, and the number from which on all that were open are known."""
        self.open = {}  # type: dict[int, None]
        """Rows that had no logout."""
        number = self.number
        for step in fields[4:]:
            number -= step
            self.open[number] = None

    def pass_by(self, row: Row) -> None:
        """A row has been sent."""
        if row.number > self.number:
            self.number, self.login_us = row.number, row.login_us
        if row.logout_us is None:
            self.open[row.number] = None
            if len(self.open) > OPEN_KEPT:
                del self.open[min(self.open)]
        else:
            self.open.pop(row.number, None)
            now_us = int(time.time() * 1000000)
            self.logout_us = max(self.logout_us, min(row.logout_us, now_us))

    def mark(self) -> bytes:
        """Give the place as a text: its four numbers, then the open rows, each as its distance from the one before."""
        steps = b""
        before, all_open_from = self.number, 0
        for number in sorted(self.open, reverse=True):
            longer = steps + b" %d" % (before - number)
            if len(longer) > STEPS_BYTES:
                all_open_from = before
                break
            steps, before = longer, number
        return b"%d %d %d %d" % (self.number, self.login_us, self.logout_us, all_open_from) + steps


class WtmpdbWatch(MarkedSource):
    """Sends the rows of one table."""

    def __init__(self, writer: FrameWriter, origin: str, table: "DatabaseTable | ServiceTable") -> None:
        MarkedSource.__init__(self, writer, origin)
        self._table = table
        self._place = TablePlace()
        self._rows = []  # type: list[Row]
        """Those that are to be sent: first the closed again, by their logouts, then the new ones."""
        self._stamp = ()  # type: tuple[object, ...]
        self._is_behind = True
        """The table has changed since it was read to its end."""
        self._history_rows = 0
        self._news_from = -1
        """The newest row's number at the start; -1: the table has not been opened yet."""
        self._marks = ()  # type: tuple[str, ...]
        self._is_replaced = False
        self._is_anew = False
        """The table has lost what was read of it: rotated until nothing was left, or put in another's place."""
        self._owes_cursor = False
        self._next_read = 0.0
        self._wait = 0.0

    def start(self, cursor: "dict[str, object] | None", history_bytes: int) -> None:
        """Begin after the cursor; without one, with some history."""
        mark = self.resume(cursor)
        self._place = TablePlace(mark)
        self._marks = ("backlog",) if mark else ("first_contact",)
        self._owes_cursor = not mark
        self._history_rows = history_bytes // HISTORY_ROW_BYTES
        self.look()

    def look(self) -> None:
        """Read the table when it has changed."""
        stamp = self._table.stamp()
        is_settled = stamp == self._stamp
        self._stamp = stamp
        self._is_behind = self._is_behind or not is_settled
        # Without its file there is nothing to read: the next login makes it.
        if not any(stamp) or not self._is_behind or self._rows or time.monotonic() < self._next_read:
            return
        try:
            self._table.open()
            self._read()
            # What is read in the clock step of a change may miss the next change in that step.
            self._is_behind = bool(self._rows) or not is_settled
            self._wait = 0.0
        except Locked:
            self._wait = 1.0
        except Unreadable as error:
            self._wait = max(self._wait * 2, 1.0)
            if self._wait > LONGEST_WAIT_SECONDS:
                raise UnreadableFile(str(error)) from None
        finally:
            self._table.close()
        self._next_read = time.monotonic() + max(self._table.pause_seconds, self._wait)

    def _read(self) -> None:
        """Find the rows that are to be sent next."""
        if self._place.number:
            self._check_place()
        ended = self._table.closed(list(self._place.open))
        if self._news_from < 0:
            ended += self._begun({row.number for row in ended})
        ended.sort(key=lambda row: row.logout_us or 0)
        self._rows = ended + self._table.newer(self._place.number)
        if not self._rows and not self._owes_cursor:
            self._marks = ()

    def _begun(self, known: "set[int]") -> "list[Row]":
        """See where the news begin, and what is open; the rows that ended while nobody watched."""
        place = self._place
        newest = self._table.newest()
        self._news_from = newest.number if newest is not None else 0
        if self._owes_cursor and not self._is_anew:
            before = self._table.before_last(self._history_rows)
            if before is not None:
                place.number, place.login_us = before.number, before.login_us
        for number in self._table.still_open(place.number)[-OPEN_KEPT:]:
            place.open[number] = None
        if not place.all_open_from:
            return []
        ended = self._table.closed_since(max(place.logout_us - LOGOUT_SLACK_US, 1), place.all_open_from - 1)
        return [row for row in ended if row.number not in known]

    def _check_place(self) -> None:
        """Begin anew if this is not the table that was read: emptied, restored, or another one."""
        place = self._place
        known = self._table.row(place.number)
        if known is not None and known.login_us == place.login_us:
            return
        if known is None and not self._table.has_before(place.number) and self._table.newer(place.number):
            return
        self._is_replaced = not self._table.was_moved(place.login_us)
        self._place = TablePlace()
        self._owes_cursor = self._is_anew = True

    @property
    def has_piece(self) -> bool:
        """Whether rows wait, or a place of which nothing has been told yet."""
        return bool(self._rows) or (self._owes_cursor and self._news_from >= 0 and not self._is_behind)

    def send_piece(self) -> None:
        """Send the next rows; old ones and news never together."""
        lines = []
        length = 0
        marks = self._marks_of(self._rows[0]) if self._rows else self._marks
        for row in self._rows:
            if length >= LINES_BYTES or self._marks_of(row) != marks:
                break
            values = (*row.values, True) if row.number <= self._place.number else row.values
            line = json.dumps(values, separators=(",", ":")).encode("ascii") + b"\n"
            length += len(line)
            lines.append(line)
            self._place.pass_by(row)
        del self._rows[: len(lines)]
        if self._is_replaced:
            marks += ("replaced",)
        self.write_lines(b"".join(lines), self._place.mark(), marks)
        self._is_replaced = self._is_anew = self._owes_cursor = False

    def _marks_of(self, row: Row) -> "tuple[str, ...]":
        return () if row.number > self._news_from else self._marks


def wtmpdb_table(path: bytes) -> "DatabaseTable | ServiceTable":
    """Give the table that ``wtmpdb_path`` has found."""
    if path in WTMPDB_SOCKETS:
        return ServiceTable(path, database_path())
    return DatabaseTable(path)


def wtmpdb_path() -> bytes:
    """Give where the table can be read: its file, or its service where that may be asked and the file is private."""
    path = database_path()
    if os.access(path, os.R_OK):
        return path
    return next((one for one in WTMPDB_SOCKETS if os.access(one, os.R_OK | os.W_OK)), path)


def database_path() -> bytes:
    """Give where the database is; its usual place if there is none."""
    return next((one for one in WTMPDB_PATHS if os.path.exists(one)), WTMPDB_PATHS[0])
