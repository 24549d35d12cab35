"""What is asked of files of logins, and what is told about the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """What a window is."""

    TUMBLING = "tumbling"
    """[start + n·size, start + (n+1)·size), in exact elapsed time: series never join across them."""
    SLIDING = "sliding"
    """Any span shorter than the size: every longest run of one source's logins that fits into one."""
    GAP = "gap"
    """A chain: each login no more than the size after the one before."""


class OutputFormat(StrEnum):
    """How the series are written."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One run of the analyser."""

    inputs: tuple[str, ...]
    """Files and globs; ``-`` is standard input."""
    instants: Path | None = None
    """Instead of inputs: a CSV file of name, source and µs since 1970 UTC, every field in quotes."""
    output: Path
    output_format: OutputFormat = OutputFormat.CSV
    force: bool = False
    """Whether a file that is there already is replaced."""
    size_ms: int
    zone: tzinfo
    """Of the times read, of those written and of ``start``."""
    start: datetime | None = None
    """Where the first tumbling window begins, in ``zone``; None: at the first login."""
    mode: Mode = Mode.TUMBLING
    min_logins: int = 2
    min_users: int = 1
    skips_bad_rows: bool = False
    makes_safe: bool = False
    """Names and addresses as ``whotop.text.safe`` shows them, and no cell that a spreadsheet would run."""
    normalises_addresses: bool = False
    """``10.0.0.1`` and ``::ffff:10.0.0.1`` are one source."""
    memory_bytes: int = 2 * 1024**3
    """For the whole process, as near as DuckDB keeps to it."""


@dataclass(slots=True)
class Counts:
    """What was found, for the line on standard error."""

    logins: int = 0
    bad_rows: int = 0
    series: int = 0
