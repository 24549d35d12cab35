"""Which schema this whotop writes. Apart from the schema, so that reading it loads nothing."""

from __future__ import annotations

SCHEMA_VERSION = "0007"
"""The newest migration. Versions are four digits, so that their order is that of their text."""

VERSION_TABLE = "whotop_schema"
"""Where Alembic notes the version: a name of our own, for databases that other programs share."""
