"""What all tables are made of: their names' conventions, and columns of portable types.

64-bit keys count up by themselves on SQLite only as INTEGER.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Identifier = BigInteger().with_variant(Integer, "sqlite")


def id_column() -> Column[int]:
    """The row's own number."""
    return Column("id", Identifier, primary_key=True)


def key_column() -> Column[bytes]:
    """What makes the row unique among all readers; see ``core.keys``."""
    return Column("key", LargeBinary, nullable=False, unique=True)


def machine_column(*, nullable: bool = False) -> Column[int]:
    """The machine that a row is about."""
    return Column("machine_id", Identifier, ForeignKey("machines.id"), nullable=nullable)


def number_column(name: str, *, nullable: bool = False) -> Column[int]:
    """A number of 64 bits."""
    return Column(name, BigInteger, nullable=nullable)


def text_column(name: str, *, nullable: bool = False) -> Column[str]:
    """A text of any length."""
    return Column(name, Text, nullable=nullable)
