"""Finds what is wrong with a store before the screen starts, by the standard library alone.

Opening it for good needs SQLAlchemy (0.3 s to load) and happens after first paint; what can be said
before that is said here, in a few milliseconds.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote

from whotop.config.places import at_home
from whotop.errors import StoreError, StoreTooNewError
from whotop.store.version import SCHEMA_VERSION, VERSION_TABLE

SQLITE_URL = "sqlite:///"
LOCKED_SECONDS = 1.0
"""A lock that stands so long is not that of a commit."""


def store_path(place: str | Path) -> Path:
    """The file that a path or an ``sqlite:///`` URL names. Raises StoreError for any other URL."""
    text = os.fspath(place)
    if text.startswith(SQLITE_URL):
        text = unquote(text.removeprefix(SQLITE_URL))
    elif "://" in text:
        raise StoreError(f"{text.split('@')[-1]}: this version keeps its store in an SQLite file (give a path)")
    return at_home(text)


def check_store(place: str | Path) -> None:
    """Raise StoreError if the store cannot be used, StoreTooNewError if a newer whotop made it.

    A store that does not exist yet is fine where it can be created. Nothing is written.
    """
    path = store_path(place)
    if not path.exists():
        _check_creatable(path)
        return
    if not path.is_file():
        raise StoreError(f"{path}: this is no file (name the file that is to hold the store)")
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        raise StoreError(f"{path}: cannot be written (SQLite needs to write the file and its folder)")
    _check_content(path)


def _check_creatable(path: Path) -> None:
    ancestor = next(parent for parent in path.absolute().parents if parent.exists())
    if not ancestor.is_dir():
        raise StoreError(f"{path}: {ancestor} is no folder")
    if not os.access(ancestor, os.W_OK | os.X_OK):
        raise StoreError(f"{path}: cannot be created, {ancestor} cannot be written (name another file)")


def _check_content(path: Path) -> None:
    version = stored_version(path)
    if version is not None:
        check_version(path, version)


def stored_version(path: Path) -> str | None:
    """The version of a store's schema; None of an empty file.

    Raises StoreError for what is no database, and for another program's.
    """
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=LOCKED_SECONDS)
        ) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            version = _version(connection) if VERSION_TABLE in tables else None
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {_in_words(error)}") from error
    if version is None and tables:
        raise StoreError(f"{path}: this database is not a whotop store (name another file)")
    return version


def check_version(path: Path, version: str) -> None:
    """Raise StoreTooNewError where ``version`` lies beyond the newest migration of this whotop."""
    if version > SCHEMA_VERSION:
        raise StoreTooNewError(
            f"{path}: made by a newer whotop (schema {version}, this one knows {SCHEMA_VERSION}; update whotop)"
        )


def _version(connection: sqlite3.Connection) -> str | None:
    row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608 - a constant of ours
    return None if row is None else str(row[0])


def _in_words(error: sqlite3.DatabaseError) -> str:
    if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
        return "this file is not a database (name another file)"
    if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "another program keeps it locked (end that program, or name another file)"
    if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT:
        return "the database is damaged (move it away; a new one is begun)"
    return str(error)
