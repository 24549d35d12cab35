"""What does not change from row to row stands in the statement; what a machine sent never does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import sqlite

from whotop.store.alert_tables import rule_states
from whotop.store.prepared import ROWS_WORTH_A_TEXT, Row, prepared
from whotop.store.statements import rule_state_upsert, session_upsert

COLUMNS = ("rule", "subject", "state", "updated_us")


def rows(count: int = ROWS_WORTH_A_TEXT, **alike: Any) -> list[Row]:
    return [{"rule": "", "subject": str(number), "state": "{}", "updated_us": 7} | alike for number in range(count)]


def executable(rows: list[Row]) -> tuple[str, list[tuple[Any, ...]]]:
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    return prepared(rule_state_upsert("sqlite"), sqlite.dialect(), COLUMNS).executable(columns)


@pytest.mark.parametrize(
    "value", ["", "history", "anna", "it's", "?", "'); DROP TABLE x; --", "ä", None, 0, -3, 2**63 - 1, b""]
)
def test_a_value_that_all_rows_have_is_stored_as_it_is(value: object) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE rule_states (rule, subject, state, updated_us, UNIQUE (rule, subject))"
        )
        connection.exec_driver_sql(*executable(rows(state=value)))
        stored = connection.execute(select(rule_states.c.state)).scalars().all()
    engine.dispose()
    assert stored == [value] * ROWS_WORTH_A_TEXT


def test_only_what_differs_is_bound() -> None:
    sql, values = executable(rows(rule="idle"))
    assert "VALUES ('idle', ?, ?, 7)" in sql
    assert values[3] == ("3", "{}")


def test_a_value_that_one_row_has_otherwise_is_bound() -> None:
    sql, values = executable([*rows()[:-2], *rows(1, updated_us=8), *rows(1, subject="last")])
    assert "VALUES ('', ?, ?, ?)" in sql
    assert [row[2] for row in values[-3:]] == [7, 8, 7]


@pytest.mark.parametrize("value", ["Anna", "a b", "'", "?", b"\x01", 1.5, True])
def test_what_could_break_out_of_a_text_is_never_put_into_it(value: object) -> None:
    sql, values = executable(rows(state=value))
    assert "VALUES ('', ?, ?, 7)" in sql
    assert values[0] == ("0", value)


def test_rows_that_are_all_alike_are_as_many_as_they_were() -> None:
    _, values = executable(rows(subject="", state=""))
    assert len(values) == ROWS_WORTH_A_TEXT


def test_few_rows_share_one_text() -> None:
    first, second = (executable(rows(ROWS_WORTH_A_TEXT - 1, updated_us=us))[0] for us in (1, 2))
    assert first == second


def test_a_statement_brings_its_own_words_along() -> None:
    columns = tuple(column.name for column in session_upsert("sqlite").table.columns if column.name != "id")
    ready = prepared(session_upsert("sqlite"), sqlite.dialect(), columns)
    assert ready.sql.count("?") == len(columns)
