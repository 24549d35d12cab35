"""Sessions are found by where they came from: the source screen looked through all of them."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_sessions_source_fleet_login_us"), "sessions", ["source", "fleet_login_us"])
