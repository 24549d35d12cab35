"""Messages to people: queued with the alerts that they tell of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Identifier = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table; nobody is told of what was there before."""
    op.create_table(
        "deliveries",
        sa.Column("id", Identifier, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("channel", "target", "kind")),
        sa.Column("alert_key", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("machine", "subject", "body")),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("due_us", sa.BigInteger, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("sent_us", sa.BigInteger, nullable=True),
        sa.Column("given_up_us", sa.BigInteger, nullable=True),
        sa.Column("merged_into", sa.LargeBinary, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("claimed_until_us", sa.BigInteger, nullable=False),
    )
    for name in ("due_us", "alert_key", "created_us"):
        op.create_index(op.f(f"ix_deliveries_{name}"), "deliveries", [name])
