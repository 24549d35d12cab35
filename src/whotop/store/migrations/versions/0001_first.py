"""The first schema. ``whotop.store.schema`` says what each table means."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Identifier = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make all tables and views, and the one row that counts commits."""
    _tables_of_the_fleet()
    _tables_of_logins()
    _tables_of_samples()
    _views_for_other_programs()
    op.execute("INSERT INTO revisions (id, number, time_us) VALUES (1, 0, 0)")


def _tables_of_the_fleet() -> None:
    op.create_table(
        "revisions", sa.Column("id", sa.SmallInteger, primary_key=True), _number("number"), _number("time_us")
    )
    op.create_table(
        "collectors",
        _id(),
        _text("host"),
        *_numbers("pid", "started_us", "alive_us"),
        _number("ended_us", nullable=True),
    )
    _create(
        "machines",
        [["revision"]],
        _id(),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        *_texts("address", "boot_id", "state"),
        _text("details", nullable=True),
        _collector(nullable=True),
        _number("removed_us", nullable=True),
        _number("revision"),
    )
    _create(
        "machine_states",
        [["machine_id", "time_us"]],
        *(_id(), _machine(), _number("time_us"), *_texts("state", "reason"), _number("revision")),
    )
    _create(
        "watched",
        [["machine_id", "start_us"]],
        *(_id(), _machine(), _collector(), _number("start_us"), _number("end_us", nullable=True)),
    )
    op.create_table(
        "cursors",
        sa.Column("machine_id", Identifier, sa.ForeignKey("machines.id"), primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text, primary_key=True),
        _text("cursor"),
    )


def _tables_of_logins() -> None:
    _create(
        "sessions",
        [["machine_id", "fleet_login_us"], ["user_name", "fleet_login_us"], ["fleet_logout_us"], ["revision"]],
        *(_id(), _key(), _machine(), _text("user_name"), _number("login_us"), *_texts("tty", "source")),
        *(_number("logout_us", nullable=True), *_texts("outcome", "boot_id", "session_id")),
        *(*_numbers("leader_pid", "login_pid"), *_texts("service", "origin", "standing")),
        *(*_numbers("seen_us", "skew_us"), _text("raw", nullable=True), _number("fleet_login_us")),
        *(_number("fleet_logout_us", nullable=True), _number("revision")),
    )
    _create(
        "events",
        [["machine_id", "fleet_time_us"], ["user_name", "fleet_time_us"], ["fleet_time_us"], ["revision"]],
        *(_id(), _key(), _machine(), _text("kind"), _number("time_us")),
        *(*_texts("user_name", "tty", "source", "origin", "session_id"), *_numbers("leader_pid", "login_pid")),
        *(*_texts("boot_id", "record_id"), _number("ordinal"), *_texts("service", "detail")),
        *(_text("raw", nullable=True), _text("standing"), *_numbers("seen_us", "skew_us")),
        sa.Column("session_key", sa.LargeBinary, nullable=False),
        *(_number("duration_us", nullable=True), _text("outcome", nullable=True)),
        *_numbers("fleet_time_us", "revision"),
    )
    _create(
        "alerts",
        [["resolved_us"], ["revision"]],
        *(_id(), _key(), _machine(nullable=True), *_texts("rule", "level", "subject", "text")),
        *(*_numbers("opened_us", "updated_us"), _number("resolved_us", nullable=True), _number("count")),
        *(sa.Column("value", sa.Float), sa.Column("limit_value", sa.Float)),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
        *(sa.Column("late", sa.Boolean, nullable=False), _number("revision")),
    )


def _tables_of_samples() -> None:
    _create(
        "sample_batches",
        [["time_us"], ["revision"]],
        *(_id(), _number("time_us"), _text("figures"), _number("revision")),
    )
    _create(
        "sample_chunks",
        [["resolution_seconds", "condensed", "start_us"]],
        *(_id(), _machine(), sa.Column("resolution_seconds", sa.Integer, nullable=False)),
        *(_number("start_us"), _text("figures"), sa.Column("condensed", sa.Boolean, nullable=False)),
        sa.UniqueConstraint("machine_id", "resolution_seconds", "start_us"),
    )


def _views_for_other_programs() -> None:
    """``docs/store.md`` promises their names and columns. Only a view may speak one database's SQL."""
    op.execute(_SAMPLES_VIEW)
    op.execute(_MINUTES_VIEW)


_SAMPLES_VIEW = """
CREATE VIEW machine_statistics AS
SELECT
    machines.name AS machine,
    machines.address AS address,
    strftime('%Y-%m-%dT%H:%M:%SZ', (batch.time_us + json_extract(one.value, '$[1]')) / 1000000, 'unixepoch') AS time,
    batch.time_us + json_extract(one.value, '$[1]') AS time_us,
    json_extract(one.value, '$[2]') AS cpu_percent,
    json_extract(one.value, '$[3]') AS memory_percent,
    json_extract(one.value, '$[4]') AS swap_percent,
    json_extract(one.value, '$[5]') AS load1,
    json_extract(one.value, '$[6]') AS load5,
    json_extract(one.value, '$[7]') AS load15,
    json_extract(one.value, '$[8]') AS disk_percent,
    json_extract(one.value, '$[9]') AS received_bytes_per_second,
    json_extract(one.value, '$[10]') AS sent_bytes_per_second,
    json_extract(one.value, '$[11]') AS sessions,
    json_extract(one.value, '$[12]') AS uptime_seconds,
    batch.time_us AS batch_time_us
FROM sample_batches AS batch
JOIN json_each(batch.figures) AS one
JOIN machines ON machines.id = json_extract(one.value, '$[0]')
"""

_MINUTES_VIEW = """
CREATE VIEW machine_statistics_by_minute AS
SELECT
    machines.name AS machine,
    machines.address AS address,
    strftime('%Y-%m-%dT%H:%MZ', chunk.start_us / 1000000 + json_extract(one.value, '$[0]') * 60, 'unixepoch') AS time,
    chunk.start_us + json_extract(one.value, '$[0]') * 60000000 AS time_us,
    json_extract(one.value, '$[1]') AS samples,
    json_extract(one.value, '$[2]') AS cpu_percent,
    json_extract(one.value, '$[3]') AS cpu_percent_max,
    json_extract(one.value, '$[4]') AS memory_percent,
    json_extract(one.value, '$[5]') AS swap_percent,
    json_extract(one.value, '$[6]') AS load1,
    json_extract(one.value, '$[7]') AS load1_max,
    json_extract(one.value, '$[8]') AS disk_percent_max,
    json_extract(one.value, '$[9]') AS sessions_max,
    chunk.start_us AS hour_us
FROM sample_chunks AS chunk
JOIN machines ON machines.id = chunk.machine_id
JOIN json_each('[' || chunk.figures || ']') AS one
WHERE chunk.resolution_seconds = 60
"""


def _create(name: str, indexes: list[list[str]], *items: SchemaItem) -> None:
    op.create_table(name, *items)
    for columns in indexes:
        op.create_index(op.f(f"ix_{name}_{'_'.join(columns)}"), name, columns)


def _id() -> sa.Column[Any]:
    return sa.Column("id", Identifier, primary_key=True)


def _key() -> sa.Column[Any]:
    return sa.Column("key", sa.LargeBinary, nullable=False, unique=True)


def _machine(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column("machine_id", Identifier, sa.ForeignKey("machines.id"), nullable=nullable)


def _collector(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column("collector_id", Identifier, sa.ForeignKey("collectors.id"), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [_number(name) for name in names]


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [_text(name) for name in names]
