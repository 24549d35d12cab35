"""Brings the database to the newest schema.

Alembic takes 0.1 s to load and 0.15 s to make a new store: only where it is needed, and in a thread.
"""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection

from whotop.store.engine import make_schema_engine
from whotop.store.precheck import check_version, stored_version
from whotop.store.version import SCHEMA_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"
_one_at_a_time = threading.Lock()
"""What Alembic works on is global to the process (alembic/op.py): one of two threads would change the other store."""


def migrate(path: Path) -> None:
    """Make or upgrade the schema in one transaction. Raises StoreTooNewError, and what SQLAlchemy raises."""
    if stored_version(path) == SCHEMA_VERSION:
        return
    engine = make_schema_engine(path)
    try:
        with engine.begin() as connection:
            # Two may open a new store at the same time: the second has waited, and finds it made.
            version = stored_version(path)
            if version is not None:
                check_version(path, version)
            if version != SCHEMA_VERSION:
                _upgrade(connection)
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")
