"""Alembic's way in: runs the migrations on the connection that ``migrate.py`` hands over."""

from __future__ import annotations

from alembic import context

from whotop.store.columns import metadata
from whotop.store.version import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
