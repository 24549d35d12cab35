"""Usage: who logged in on which day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Identifier = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Nothing is counted yet: the first run of the job begins with the oldest event."""
    op.create_table(
        "usage_checkpoint",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("next_day", sa.Integer, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("ran_us", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "usage_users",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "usage_days",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "user_number", sa.Integer, sa.ForeignKey("usage_users.number"), primary_key=True, autoincrement=False
        ),
        sa.Column("machine_id", Identifier, sa.ForeignKey("machines.id"), primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("logins", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_day_users",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("users", sa.Integer, nullable=False),
        sa.Column("logins", sa.BigInteger, nullable=False),
        sa.Column("members", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "usage_periods",
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("last_day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("users", sa.Integer, nullable=False),
    )
    op.execute(_DAYS_VIEW)
    op.execute(_PERIODS_VIEW)


_DAYS_VIEW = """
CREATE VIEW usage_by_day AS
SELECT
    date(usage_days.day * 86400, 'unixepoch') AS day,
    machines.name AS machine,
    usage_users.name AS user_name,
    usage_days.source AS source,
    usage_days.logins AS logins
FROM usage_days
JOIN usage_users ON usage_users.number = usage_days.user_number
JOIN machines ON machines.id = usage_days.machine_id
"""

_PERIODS_VIEW = """
CREATE VIEW usage_by_period AS
SELECT period, date(last_day * 86400, 'unixepoch') AS last_day, users FROM usage_periods
"""
