"""The tables. ``migrations`` makes them; a test holds the two to the same shape.

Times are µs since 1970 in UTC. Every row that a follower must see carries the revision of the commit
that last wrote it. Types are portable: 64-bit keys count up by themselves on SQLite only as INTEGER.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Identifier = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Identifier, primary_key=True)


def _machine(*, nullable: bool = False) -> Column[int]:
    return Column("machine_id", Identifier, ForeignKey("machines.id"), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _key() -> Column[bytes]:
    return Column("key", LargeBinary, nullable=False, unique=True)


revisions = Table(
    "revisions",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    _number("number"),
    _number("time_us"),
)
"""One row: the number of the last commit, and when that was."""

collectors = Table(
    "collectors",
    metadata,
    _id(),
    _text("host"),
    _number("pid"),
    _number("started_us"),
    _number("alive_us"),
    _number("ended_us", nullable=True),
)
"""The processes that polled. ``alive_us`` is written at least every 5 s."""

machines = Table(
    "machines",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("address"),
    _text("boot_id"),
    _text("state"),
    _text("details", nullable=True),
    Column("collector_id", Identifier, ForeignKey("collectors.id"), nullable=True),
    _number("removed_us", nullable=True),
    _number("revision"),
    Index(None, "revision"),
)
"""``details`` is the whole ``model.Machine`` as JSON; NULL for one known only from imported events."""

machine_states = Table(
    "machine_states",
    metadata,
    _id(),
    _machine(),
    _number("time_us"),
    _text("state"),
    _text("reason"),
    _number("revision"),
    Index(None, "machine_id", "time_us"),
)

watched = Table(
    "watched",
    metadata,
    _id(),
    _machine(),
    Column("collector_id", Identifier, ForeignKey("collectors.id"), nullable=False),
    _number("start_us"),
    _number("end_us", nullable=True),
    Index(None, "machine_id", "start_us"),
)
"""Spans in which a machine was really watched. One without an end lasts until its collector's
``ended_us``, or ``alive_us`` where that is NULL: a process that is killed writes no end."""

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _key(),
    _machine(),
    _text("user_name"),
    _number("login_us"),
    _text("tty"),
    _text("source"),
    _number("logout_us", nullable=True),
    _text("outcome"),
    _text("boot_id"),
    _text("session_id"),
    _number("leader_pid"),
    _number("login_pid"),
    _text("service"),
    _text("origin"),
    _text("standing"),
    _number("seen_us"),
    _number("skew_us"),
    _text("raw", nullable=True),
    _number("fleet_login_us"),
    _number("fleet_logout_us", nullable=True),
    _number("revision"),
    Index(None, "machine_id", "fleet_login_us"),
    Index(None, "user_name", "fleet_login_us"),
    Index(None, "fleet_logout_us"),
    Index(None, "revision"),
)
"""``login_us`` and ``logout_us`` by the machine's clock, the ``fleet_`` ones by ours;
``fleet_logout_us`` is NULL exactly while the session is open. ``raw``: JSON of ``model.RawText``."""

events = Table(
    "events",
    metadata,
    _id(),
    _key(),
    _machine(),
    _text("kind"),
    _number("time_us"),
    _text("user_name"),
    _text("tty"),
    _text("source"),
    _text("origin"),
    _text("session_id"),
    _number("leader_pid"),
    _number("login_pid"),
    _text("boot_id"),
    _text("record_id"),
    _number("ordinal"),
    _text("service"),
    _text("detail"),
    _text("raw", nullable=True),
    _text("standing"),
    _number("seen_us"),
    _number("skew_us"),
    Column("session_key", LargeBinary, nullable=False),
    _number("duration_us", nullable=True),
    _text("outcome", nullable=True),
    _number("fleet_time_us"),
    _number("revision"),
    Index(None, "machine_id", "fleet_time_us"),
    Index(None, "user_name", "fleet_time_us"),
    Index(None, "fleet_time_us"),
    Index(None, "revision"),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    _key(),
    _machine(nullable=True),
    _text("rule"),
    _text("level"),
    _text("subject"),
    _text("text"),
    _number("opened_us"),
    _number("updated_us"),
    _number("resolved_us", nullable=True),
    _number("count"),
    Column("value", Float, nullable=True),
    Column("limit_value", Float, nullable=True),
    Column("evidence", LargeBinary, nullable=False),
    Column("late", Boolean, nullable=False),
    _number("revision"),
    Index(None, "resolved_us"),
    Index(None, "revision"),
)
"""``machine_id`` is NULL for an alert of the fleet; ``evidence`` is event keys, 16 bytes each."""

cursors = Table(
    "cursors",
    metadata,
    Column("machine_id", Identifier, ForeignKey("machines.id"), primary_key=True, autoincrement=False),
    Column("origin", Text, primary_key=True),
    _text("cursor"),
)
"""How far each origin has been read: ``wire.messages.Cursor`` as JSON."""

sample_batches = Table(
    "sample_batches",
    metadata,
    _id(),
    _number("time_us"),
    _text("figures"),
    _number("revision"),
    Index(None, "time_us"),
    Index(None, "revision"),
)
"""All samples of one commit in one row; ``samples.py`` says how they are packed."""

sample_chunks = Table(
    "sample_chunks",
    metadata,
    _id(),
    _machine(),
    Column("resolution_seconds", Integer, nullable=False),
    _number("start_us"),
    _text("figures"),
    Column("condensed", Boolean, nullable=False),
    UniqueConstraint("machine_id", "resolution_seconds", "start_us"),
    Index(None, "resolution_seconds", "condensed", "start_us"),
)
"""Condensed samples: the minutes of an hour, or the hours of 30 days, in one row; see ``chunks.py``.
``condensed`` says whether an hour's minutes have gone into its row of hours."""
