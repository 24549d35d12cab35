"""Which events files have told: the same file again is known by it, whatever came of its events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Identifier = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table; what was imported before is compared event by event when it comes again."""
    op.create_table(
        "imported",
        sa.Column("machine_id", Identifier, sa.ForeignKey("machines.id"), primary_key=True, autoincrement=False),
        sa.Column("time_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("mark", sa.LargeBinary, primary_key=True),
        sqlite_with_rowid=False,
    )
