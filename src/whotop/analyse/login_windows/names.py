"""Names and sources made alike or made safe: each distinct one is looked at once, by Python."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from whotop.analyse.login_windows import statements
from whotop.analyse.login_windows.engine import Engine
from whotop.text import safe

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a cell for a formula (OWASP, CSV injection)."""


def normalise_sources(running: Engine) -> None:
    """Give each address its shortest form; a source that is none stays as it came."""
    _change(running, "logins", "source", normal_address)


def make_safe(running: Engine) -> None:
    """Let no name and no source do anything to a terminal or a spreadsheet."""
    _change(running, "members", "name", safe_cell)
    _change(running, "members", "source", safe_cell)


def normal_address(text: str) -> str:
    """``10.0.0.1`` for ``::ffff:10.0.0.1``, ``010.0.0.01`` and ``' 10.0.0.1'``."""
    stripped = text.strip()
    parts = stripped.split(".")
    if len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        stripped = ".".join(str(int(part[-9:])) for part in parts)
    try:
        address = ip_address(stripped)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def safe_cell(text: str) -> str:
    """Safe to show, and with an apostrophe before what would be a formula."""
    shown = safe(text)
    return f"'{shown}" if shown.startswith(FORMULA_BEGINNINGS) else shown


def _change(running: Engine, table: str, column: str, change: Callable[[str], str]) -> None:
    texts = [row[0] for row in running.run("", statements.distinct(table, column))]
    changed = [(text, better) for text in texts if (better := change(text)) != text]
    if not changed:
        return
    with tempfile.TemporaryDirectory(prefix="whotop.") as folder:
        path = Path(folder) / "changed.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(changed)
        running.run("", statements.replace_texts(table, column, path))
