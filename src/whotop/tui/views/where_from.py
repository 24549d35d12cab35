"""Where a login came from, in a cell: an address, or what it means that none is known."""

from __future__ import annotations

import re

from whotop.tui.views.view import Span

NO_ADDRESS = "no address"
"""None is known: nothing told it, or there was none."""
_CONSOLES = re.compile(r"tty[A-Z0-9]|hvc\d|xvc\d|console|:\d", re.IGNORECASE)


def where_from(source: str, tty: str) -> Span:
    """The source; without one ``console`` only for a terminal that is one: a ``pts`` may be anywhere."""
    if source:
        return (source, "source")
    return ("console" if _CONSOLES.match(tty) else NO_ADDRESS, "dim")
