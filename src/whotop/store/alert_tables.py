"""The tables of an alert's life beside its own row: its machines, what people said of it, what rules remember."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, UniqueConstraint

from whotop.store.columns import id_column, machine_column, metadata, number_column, text_column

alert_machines = Table(
    "alert_machines",
    metadata,
    id_column(),
    Column("alert_key", LargeBinary, nullable=False),
    machine_column(),
    Column("position", Integer, nullable=False),
    UniqueConstraint("alert_key", "machine_id"),
    Index(None, "machine_id"),
)
"""The machines of an alert over several, in the order of ``position``."""

alert_marks = Table(
    "alert_marks",
    metadata,
    id_column(),
    Column("alert_key", LargeBinary, nullable=False),
    text_column("kind"),
    text_column("by_whom"),
    number_column("time_us"),
    number_column("until_us", nullable=True),
)
"""What people said of an alert at another whotop than the one that polls: a letter box. The poller
takes a row out in the commit that writes the alert as marked. ``kind``: see ``core.alert_marks``."""

rule_states = Table(
    "rule_states",
    metadata,
    id_column(),
    text_column("rule"),
    text_column("subject"),
    text_column("state"),
    number_column("updated_us"),
    UniqueConstraint("rule", "subject"),
)
"""What a rule must remember over a restart (since when a figure is over its limit, how often a source
failed): JSON, which that rule alone understands."""
