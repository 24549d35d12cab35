"""Files and names as DuckDB's SQL writes them: another engine would read its files in other terms."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path


def csv_file(path: Path, columns: Sequence[str], options: str = "") -> str:
    """A CSV file as a table: every column text as it stands, none of them missing."""
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    further = f", {options}" if options else ""
    return f"""
        read_csv({file(path)}, auto_detect = false, hive_partitioning = false, quote = '"', escape = '"',
                 max_line_size = 4194304, columns = {{{types}}}, force_not_null = {list(columns)}{further})
    """


def file(path: Path) -> str:
    """The name of a file to be read, as SQL writes it: one file, whatever it is called."""
    return literal(glob.escape(str(path)))


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
