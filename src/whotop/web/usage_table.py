"""Usage as a table: the older API's three columns."""

from __future__ import annotations

from whotop.core.usage import UsageReport
from whotop.web.question import Kind
from whotop.web.represent import framed


def usage_table(made: UsageReport, kind: Kind) -> bytes:
    """CSV to the byte as pandas writes the original's; text as it prints it; HTML as a page."""
    rows = [(str(index), one.last_day.isoformat(), str(one.users)) for index, one in enumerate(made.periods)]
    match kind:
        case Kind.CSV:
            return "".join(",".join(row) + "\n" for row in [("", "timestamp", "user"), *rows]).encode()
        case Kind.HTML:
            return framed(f"unique users, {made.start} to {made.end}", ("timestamp", "user"), [row[1:] for row in rows])
        case _:
            return _text(rows)


def _text(rows: list[tuple[str, str, str]]) -> bytes:
    widths = [max(map(len, column)) for column in zip(("", "timestamp", "user"), *rows, strict=True)]
    lines = [("", "timestamp", "user"), *rows]
    return "".join(
        f"{index:<{widths[0]}} {day:>{widths[1]}}  {users:>{widths[2]}}\n" for index, day, users in lines
    ).encode()
