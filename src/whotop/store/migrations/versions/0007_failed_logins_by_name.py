"""Failed logins are found by machine, user and source among events that are mostly others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes, which hold failed logins alone."""
    failed = sa.text("kind = 'failed'")
    for column in ("machine_id", "user_name", "source"):
        op.create_index(
            op.f(f"ix_events_failed_{column}_fleet_time_us"),
            "events",
            [column, "fleet_time_us"],
            sqlite_where=failed,
            postgresql_where=failed,
        )
