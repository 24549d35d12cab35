"""SQLite databases that others write to: read without ever keeping a writer waiting.

Opened for one look and closed after it: between logins nothing of SQLite stays but its code.
"""

import os

LOCK_SECONDS = 0.05
"""How long a look may wait for a writer; then it is tried again later."""
CACHE_KIB = 128


class Unreadable(Exception):  # noqa: N818 - the next look may succeed
    """The database cannot be read now: private, broken, or with other tables."""


class Locked(Unreadable):
    """A writer has it for the moment."""


class Database:
    """A database file, open for reading alone. Use it in a ``with`` block."""

    def __init__(self, path: bytes) -> None:
        try:
            # Python's sqlite3 brings datetime with it: 0.35 MB of private memory for nothing that is needed here.
            import _sqlite3
        except ImportError:
            raise Unreadable("this Python has no SQLite") from None
        self._error = _sqlite3.Error
        try:
            self._connection = _sqlite3.connect(database_uri(path), uri=True, timeout=LOCK_SECONDS)
            self._connection.text_factory = bytes
            self.rows("PRAGMA cache_size=-%d" % CACHE_KIB)
        except _sqlite3.Error as error:
            raise trouble_of(error) from None

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def rows(self, query: str, *values: object) -> "list[tuple[object, ...]]":
        """Give all rows that a query finds; raises Unreadable."""
        try:
            return list(self._connection.execute(query, values).fetchall())
        except self._error as error:
            raise trouble_of(error) from None

    def has_table(self, name: str) -> bool:
        """Whether there is such a table: the first login makes it."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE", name))


def trouble_of(error: Exception) -> Unreadable:
    """Give what an error of SQLite means; which it is only its text tells before Python 3.11."""
    return Locked(str(error)) if "locked" in str(error) else Unreadable(str(error))


def database_uri(path: bytes) -> str:
    """Give the URI by which SQLite opens a file for reading.

    A database in WAL mode that nobody has open can be read only by who may write beside it, unless
    SQLite is told that nobody will (``immutable``), which is so as long as there is no ``-wal``.
    """
    quoted = "".join("%%%02x" % byte if byte in b"%?#" or byte > 126 else chr(byte) for byte in path)
    is_left_alone = not os.path.exists(path + b"-wal") and is_write_ahead(path)
    return "file:" + quoted + "?mode=ro" + ("&immutable=1" if is_left_alone else "")


def is_write_ahead(path: bytes) -> bool:
    """Whether a database's header says that it is in WAL mode (sqlite.org/fileformat2, 1.3.3)."""
    try:
        with open(path, "rb") as file:
            return file.read(20)[18:20] == b"\2\2"
    except OSError:
        return False


def database_stamp(path: bytes) -> "tuple[object, ...]":
    """Give what changes whenever a database does, in either of its modes."""
    return tuple(one_stamp(path + ending) for ending in (b"", b"-wal"))


def one_stamp(path: bytes) -> "tuple[int, ...]":
    """Give a file's device, inode, size and time of its last change in ns; nothing if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def text_of(value: object, limit: int = 1024) -> "str | None":
    """Give a text from a row as JSON can hold it: bytes that are no UTF-8 as lone surrogates."""
    if isinstance(value, bytes):
        return value[:limit].decode("utf-8", "surrogateescape")
    return None if value is None else str(value)[:limit]


def number_of(value: object) -> "int | None":
    """Give a whole number from a row, as SQLite has them; None for anything else, and for what is below 0."""
    return value if isinstance(value, int) and 0 <= value < 2**63 else None
