"""The tables. ``migrations`` makes them; a test holds the two to the same shape.

Times are µs since 1970 in UTC. Every row that a follower must see carries the revision of the commit
that last wrote it. What belongs to the life of an alert has a room of its own, ``alert_tables``.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from whotop.store.columns import Identifier, id_column, key_column, machine_column, metadata, number_column, text_column

revisions = Table(
    "revisions",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    number_column("number"),
    number_column("time_us"),
)
"""One row: the number of the last commit, and when that was."""

collectors = Table(
    "collectors",
    metadata,
    id_column(),
    text_column("host"),
    number_column("pid"),
    number_column("started_us"),
    number_column("alive_us"),
    number_column("ended_us", nullable=True),
)
"""The processes that polled. ``alive_us`` is written at least every 5 s."""

machines = Table(
    "machines",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    text_column("address"),
    text_column("boot_id"),
    text_column("state"),
    text_column("details", nullable=True),
    Column("collector_id", Identifier, ForeignKey("collectors.id"), nullable=True),
    number_column("removed_us", nullable=True),
    number_column("revision"),
    Index(None, "revision"),
)
"""``details`` is the whole ``model.Machine`` as JSON; NULL for one known only from imported events."""

machine_states = Table(
    "machine_states",
    metadata,
    id_column(),
    machine_column(),
    number_column("time_us"),
    text_column("state"),
    text_column("reason"),
    number_column("revision"),
    Index(None, "machine_id", "time_us"),
)

watched = Table(
    "watched",
    metadata,
    id_column(),
    machine_column(),
    Column("collector_id", Identifier, ForeignKey("collectors.id"), nullable=False),
    number_column("start_us"),
    number_column("end_us", nullable=True),
    Index(None, "machine_id", "start_us"),
)
"""Spans in which a machine was really watched. One without an end lasts until its collector's
``ended_us``, or ``alive_us`` where that is NULL: a process that is killed writes no end."""

sessions = Table(
    "sessions",
    metadata,
    id_column(),
    key_column(),
    machine_column(),
    text_column("user_name"),
    number_column("login_us"),
    text_column("tty"),
    text_column("source"),
    number_column("logout_us", nullable=True),
    text_column("outcome"),
    text_column("boot_id"),
    text_column("session_id"),
    number_column("leader_pid"),
    number_column("login_pid"),
    text_column("service"),
    text_column("origin"),
    text_column("standing"),
    number_column("seen_us"),
    number_column("skew_us"),
    text_column("raw", nullable=True),
    number_column("fleet_login_us"),
    number_column("fleet_logout_us", nullable=True),
    number_column("revision"),
    Index(None, "machine_id", "fleet_login_us"),
    Index(None, "user_name", "fleet_login_us"),
    Index(None, "source", "fleet_login_us"),
    Index(None, "fleet_logout_us"),
    Index(None, "revision"),
)
"""``login_us`` and ``logout_us`` by the machine's clock, the ``fleet_`` ones by ours;
``fleet_logout_us`` is NULL exactly while the session is open. ``raw``: JSON of ``model.RawText``."""

events = Table(
    "events",
    metadata,
    id_column(),
    key_column(),
    machine_column(),
    text_column("kind"),
    number_column("time_us"),
    text_column("user_name"),
    text_column("tty"),
    text_column("source"),
    text_column("origin"),
    text_column("session_id"),
    number_column("leader_pid"),
    number_column("login_pid"),
    text_column("boot_id"),
    text_column("record_id"),
    number_column("ordinal"),
    text_column("service"),
    text_column("detail"),
    text_column("raw", nullable=True),
    text_column("standing"),
    number_column("seen_us"),
    number_column("skew_us"),
    Column("session_key", LargeBinary, nullable=False),
    number_column("duration_us", nullable=True),
    text_column("outcome", nullable=True),
    number_column("fleet_time_us"),
    number_column("revision"),
    Index(None, "machine_id", "fleet_time_us"),
    Index(None, "user_name", "fleet_time_us"),
    Index(None, "fleet_time_us"),
    Index(None, "revision"),
)

for _column in ("machine_id", "user_name", "source"):
    Index(
        f"ix_events_failed_{_column}_fleet_time_us",
        events.c[_column],
        events.c.fleet_time_us,
        sqlite_where=text("kind = 'failed'"),
        postgresql_where=text("kind = 'failed'"),
    )

HAS_FAILED = events.c.kind == literal_column("'failed'")
"""Whether an event is a failed login, in the words of the indexes of those alone: a database does not look
for them by what comes as a parameter."""

alerts = Table(
    "alerts",
    metadata,
    id_column(),
    key_column(),
    machine_column(nullable=True),
    text_column("rule"),
    text_column("level"),
    text_column("subject"),
    text_column("text"),
    number_column("opened_us"),
    number_column("updated_us"),
    number_column("resolved_us", nullable=True),
    number_column("count"),
    Column("value", Float, nullable=True),
    Column("limit_value", Float, nullable=True),
    Column("evidence", LargeBinary, nullable=False),
    Column("late", Boolean, nullable=False),
    number_column("revision"),
    number_column("acknowledged_us", nullable=True),
    text_column("acknowledged_by"),
    number_column("muted_until_us", nullable=True),
    Index(None, "resolved_us"),
    Index(None, "revision"),
)
"""``machine_id`` is NULL for an alert of the fleet or of several machines (``alert_machines`` has those);
``evidence`` is event keys, 16 bytes each."""

cursors = Table(
    "cursors",
    metadata,
    Column("machine_id", Identifier, ForeignKey("machines.id"), primary_key=True, autoincrement=False),
    Column("origin", Text, primary_key=True),
    text_column("cursor"),
)
"""How far each origin has been read: ``wire.messages.Cursor`` as JSON."""

sample_batches = Table(
    "sample_batches",
    metadata,
    id_column(),
    number_column("time_us"),
    text_column("figures"),
    number_column("revision"),
    Index(None, "time_us"),
    Index(None, "revision"),
)
"""All samples of one commit in one row; ``samples.py`` says how they are packed."""

sample_chunks = Table(
    "sample_chunks",
    metadata,
    id_column(),
    machine_column(),
    Column("resolution_seconds", Integer, nullable=False),
    number_column("start_us"),
    text_column("figures"),
    Column("condensed", Boolean, nullable=False),
    UniqueConstraint("machine_id", "resolution_seconds", "start_us"),
    Index(None, "resolution_seconds", "condensed", "start_us"),
)
"""Condensed samples: the minutes of an hour, or the hours of 30 days, in one row; see ``chunks.py``.
``condensed`` says whether an hour's minutes have gone into its row of hours."""
