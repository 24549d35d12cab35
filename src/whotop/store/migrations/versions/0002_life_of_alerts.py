"""Alerts over several machines, what people say of alerts, and what rules remember."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Identifier = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Alerts that are there already concern one machine or the fleet, and nobody has said anything of them."""
    op.add_column("alerts", sa.Column("acknowledged_us", sa.BigInteger, nullable=True))
    op.add_column("alerts", sa.Column("acknowledged_by", sa.Text, nullable=False, server_default=""))
    op.add_column("alerts", sa.Column("muted_until_us", sa.BigInteger, nullable=True))
    op.create_table(
        "alert_machines",
        sa.Column("id", Identifier, primary_key=True),
        sa.Column("alert_key", sa.LargeBinary, nullable=False),
        sa.Column("machine_id", Identifier, sa.ForeignKey("machines.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.UniqueConstraint("alert_key", "machine_id"),
    )
    op.create_index(op.f("ix_alert_machines_machine_id"), "alert_machines", ["machine_id"])
    op.create_table(
        "alert_marks",
        sa.Column("id", Identifier, primary_key=True),
        sa.Column("alert_key", sa.LargeBinary, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("by_whom", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "rule_states",
        sa.Column("id", Identifier, primary_key=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("updated_us", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("rule", "subject"),
    )
