"""The tables of usage: who logged in on which day. They outlive the events that they were made from.

A day is the number of days since 1970-01-01 in the time zone of the checkpoint.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, SmallInteger, Table, Text

from whotop.store.columns import Identifier, metadata, number_column, text_column

usage_checkpoint = Table(
    "usage_checkpoint",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    text_column("time_zone"),
    Column("next_day", Integer, nullable=False),
    number_column("revision"),
    number_column("ran_us", nullable=True),
)
"""One row, once a day has been counted: the zone, the first day that is not finished, the revision up to
which late events are in, and when the job last came to its end."""

usage_users = Table(
    "usage_users",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
)
"""The users, numbered from 0 in the order in which they were first counted."""

usage_days = Table(
    "usage_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("user_number", Integer, ForeignKey("usage_users.number"), primary_key=True, autoincrement=False),
    Column("machine_id", Identifier, ForeignKey("machines.id"), primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    number_column("logins"),
    sqlite_with_rowid=False,
)
"""How often a user logged in on a machine from a source in a day."""

usage_day_users = Table(
    "usage_day_users",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("users", Integer, nullable=False),
    number_column("logins"),
    Column("members", LargeBinary, nullable=False),
)
"""The users of a day once more, as bits: bit n of ``members`` (the lowest of the first byte is 0) is user
number n. The users of any period are these or-ed together, in a thousandth of the time that it takes
to count them anew: 3 years of 1,000 users are 140 KB."""

usage_periods = Table(
    "usage_periods",
    metadata,
    Column("period", Text, primary_key=True),
    Column("last_day", Integer, primary_key=True, autoincrement=False),
    Column("users", Integer, nullable=False),
)
"""How many different users each finished period had: ``d``, ``w``, ``m``, ``q`` or ``y``, and its last day."""
