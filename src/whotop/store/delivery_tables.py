"""The table of messages to people: a queue, and a record of what was sent."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from whotop.store.columns import id_column, key_column, metadata, number_column, text_column

deliveries = Table(
    "deliveries",
    metadata,
    id_column(),
    key_column(),
    text_column("channel"),
    text_column("target"),
    text_column("kind"),
    Column("alert_key", LargeBinary, nullable=False),
    text_column("machine"),
    text_column("subject"),
    text_column("body"),
    number_column("created_us"),
    number_column("due_us", nullable=True),
    Column("attempts", Integer, nullable=False),
    text_column("last_error"),
    number_column("sent_us", nullable=True),
    number_column("given_up_us", nullable=True),
    Column("merged_into", LargeBinary, nullable=False),
    text_column("claimed_by"),
    number_column("claimed_until_us"),
    Index(None, "due_us"),
    Index(None, "alert_key"),
    Index(None, "created_us"),
)
"""One message to one target; see ``model.delivery``. ``due_us`` is NULL exactly when it waits no longer."""
