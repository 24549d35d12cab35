"""No statement is one that only SQLite can answer."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from whotop.store import statements
from whotop.store.columns import metadata
from whotop.store.deliveries import delivery_insert

DIALECTS: list[Dialect] = [URL.create(name).get_dialect()() for name in ("sqlite", "postgresql")]
UPSERTS = [
    statements.machine_insert,
    statements.session_upsert,
    statements.event_upsert,
    statements.alert_upsert,
    statements.rule_state_upsert,
    statements.cursor_upsert,
    delivery_insert,
    statements.chunk_append,
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("upsert", UPSERTS)
def test_inserting_or_else_updating_can_be_said_in_both(upsert: object, dialect: Dialect) -> None:
    assert callable(upsert)
    assert "ON CONFLICT" in str(upsert(dialect.name).compile(dialect=dialect))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_the_tables_can_be_made_in_both(dialect: Dialect) -> None:
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=dialect))
            assert len(str(index.name)) <= 63  # PostgreSQL cuts longer names


def test_keys_count_up_by_themselves_in_both() -> None:
    sqlite_text, postgresql_text = (
        str(CreateTable(metadata.tables["events"]).compile(dialect=dialect)) for dialect in DIALECTS
    )
    assert "id INTEGER NOT NULL" in sqlite_text
    assert "id BIGSERIAL NOT NULL" in postgresql_text
