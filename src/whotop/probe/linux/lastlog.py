"""lastlog: when each user logged in last, from a file of records by user number or from a database.

``/var/log/lastlog`` holds one record for each number (bits/utmp.h), empty for those who never came,
and is as long as the largest number asks for: holes are skipped, never read. lastlog2 keeps a table
by name instead.
"""

import json
import os
import struct

from whotop.probe.linux.database import Database, Unreadable, database_stamp, number_of, text_of
from whotop.probe.linux.files import read_file
from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.framing import WIDE_MACHINES
from whotop.probe.linux.marked_source import LINES_BYTES, MarkedSource

LASTLOG_PATHS = (b"/var/lib/lastlog/lastlog2.db", b"/var/log/lastlog")
LASTLOG_NARROW, LASTLOG_WIDE = struct.Struct("=I32s256s"), struct.Struct("=q32s256s")
LASTLOG_BYTES = 4194304
"""14,000 users; a file system that knows no holes would give zeros without end."""
LASTLOG_AT_ONCE = 58400
SELECT_LASTLOG2 = "SELECT Name,Time,TTY,RemoteHost,Service FROM Lastlog2 WHERE Time >= ? ORDER BY Time"
USERS_BYTES = 1048576


class LastlogWatch(MarkedSource):
    """Sends who has logged in since the newest login that was sent; at a first contact everybody."""

    def __init__(self, writer: FrameWriter, origin: str, path: bytes) -> None:
        MarkedSource.__init__(self, writer, origin)
        self._path = path
        self._since = 0
        self._at_since = set()  # type: set[str]
        """Lines of that very second: another login in it is still news."""
        self._lines = []  # type: list[tuple[int, str]]
        self._stamp = ()  # type: tuple[object, ...]
        self._is_behind = True
        self._marks = ()  # type: tuple[str, ...]
        self._was_read = self._owes_cursor = False

    def start(self, cursor: "dict[str, object] | None", history_bytes: int) -> None:
        """Begin after the cursor; without one, with everybody."""
        mark = self.resume(cursor)
        self._since = int(mark) if mark.isdigit() else 0
        self._marks = ("backlog",) if mark else ("first_contact",)
        self._owes_cursor = not mark
        self.look()

    def look(self) -> None:
        """Read it when it has changed."""
        stamp = database_stamp(self._path)
        is_settled = stamp == self._stamp
        self._stamp = stamp
        self._is_behind = self._is_behind or not is_settled
        if not self._is_behind or self._lines:
            return
        try:
            logins = last_logins(self._path, self._since)
        except (OSError, Unreadable):
            # Whoever has it locked is about to change it.
            self._is_behind = not is_settled
            return
        self._was_read = True
        lines = sorted((number_of(login[1]) or 0, json.dumps(login, separators=(",", ":"))) for login in logins)
        self._lines = [one for one in lines if one[1] not in self._at_since]
        self._is_behind = bool(self._lines) or not is_settled
        if not self._lines and not self._owes_cursor:
            self._marks = ()

    @property
    def has_piece(self) -> bool:
        """Whether there are logins to be told, or a place of which nothing has been told yet."""
        return bool(self._lines) or (self._owes_cursor and self._was_read and not self._is_behind)

    def send_piece(self) -> None:
        """Send the next logins."""
        count = length = 0
        for time_s, line in self._lines:
            if length >= LINES_BYTES:
                break
            count += 1
            length += len(line) + 1
            if time_s > self._since:
                self._since = time_s
                self._at_since.clear()
            self._at_since.add(line)
        lines = "".join(line + "\n" for _, line in self._lines[:count])
        del self._lines[:count]
        self.write_lines(lines.encode("ascii"), b"%d" % self._since, self._marks)
        self._owes_cursor = False


def last_logins(path: bytes, since: int) -> "list[tuple[object, ...]]":
    """Give name, time in seconds, tty, host and service of each last login from ``since`` on."""
    if not path.endswith(b".db"):
        return lastlog_records(path, since)
    with Database(path) as database:
        if not database.has_table("Lastlog2"):
            return []
        return [
            (text_of(name), number_of(time_s) or 0, text_of(tty), text_of(host), text_of(service))
            for name, time_s, tty, host, service in database.rows(SELECT_LASTLOG2, since)
        ]


def lastlog_records(path: bytes, since: int) -> "list[tuple[object, ...]]":
    """Give the records of a lastlog file; the user's number stands for a name that /etc/passwd does not have."""
    is_wide = os.uname().machine in WIDE_MACHINES and struct.calcsize("P") == 8
    record = LASTLOG_WIDE if is_wide else LASTLOG_NARROW
    names = None  # type: dict[int, str] | None
    logins = []  # type: list[tuple[object, ...]]
    for number, values in filled_records(path, record):
        time_s, line, host = values
        if time_s < max(since, 1):
            continue
        if names is None:
            names = names_of_users()
        tty, source = (text_of(field.partition(b"\0")[0]) for field in (line, host))
        logins.append((names.get(number, str(number)), time_s, tty, source, None))
    return logins


def filled_records(path: bytes, record: struct.Struct) -> "list[tuple[int, tuple[int, bytes, bytes]]]":
    """Give the number and the fields of each record that lies in no hole."""
    found = []
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        read = offset = 0
        size = os.fstat(handle).st_size
        while offset < size and read < LASTLOG_BYTES:
            # From a hole's end, back to the record's beginning.
            begin = max(next_data(handle, offset, size) // record.size * record.size, offset)
            data = os.pread(handle, LASTLOG_AT_ONCE // record.size * record.size, begin)
            for place in range(0, len(data) - record.size + 1, record.size):
                if data[place : place + 8].strip(b"\0"):
                    fields = record.unpack_from(data, place)
                    found.append(((begin + place) // record.size, fields))
            read += len(data)
            offset = begin + max(len(data) // record.size, 1) * record.size
    finally:
        os.close(handle)
    return found


def next_data(handle: int, offset: int, size: int) -> int:
    """Give where the next data begins; the end where there is only a hole left."""
    try:
        return os.lseek(handle, offset, os.SEEK_DATA)
    except OSError as error:
        import errno

        return size if error.errno == errno.ENXIO else offset


def names_of_users() -> "dict[int, str]":
    """Give names by number from /etc/passwd: a directory service might not answer."""
    names = {}  # type: dict[int, str]
    for line in read_file(b"/etc/passwd", USERS_BYTES).split(b"\n"):
        fields = line.split(b":")
        if len(fields) > 2 and fields[2].isdigit():
            names.setdefault(int(fields[2]), fields[0].decode("utf-8", "surrogateescape"))
    return names
