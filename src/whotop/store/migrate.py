"""Brings the database to the newest schema. Alembic takes 0.1 s to load: only where it is needed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from whotop.store.precheck import check_version
from whotop.store.version import SCHEMA_VERSION, VERSION_TABLE

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection, place: Path) -> None:
    """Upgrade within the connection's transaction. Raises StoreTooNewError."""
    version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    if connection.dialect.name == "sqlite":
        # Two that open a new store at the same time: the second waits here, and finds it made.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        version = _version(connection)
    if version is not None:
        check_version(place, version)
    if version != SCHEMA_VERSION:
        _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
