"""The table of imports: which events files have told, however little came of each."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table

from whotop.store.columns import Identifier, metadata

imported = Table(
    "imported",
    metadata,
    Column("machine_id", Identifier, ForeignKey("machines.id"), primary_key=True, autoincrement=False),
    Column("time_us", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)
"""``time_us`` by the machine's own clock; ``mark`` says which of its events of that time (``core.keys.import_mark``).
Imports come in the order of time, so that rows are added, and looked for, side by side."""
