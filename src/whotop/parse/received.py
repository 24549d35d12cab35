"""Texts as received: made safe to show, and kept beside that where it changed them."""

from __future__ import annotations

from functools import lru_cache

from whotop.model import RawText
from whotop.text import LIMIT, safe

LIMIT_BYTES = 1024
"""What is kept of a text; names are shorter, and nobody shall fill our memory with longer ones."""

Received = tuple[str, str | None]
"""A safe text, and the bytes as ``latin-1`` text if they are not just that text."""


def received(data: bytes) -> Received:
    """Give the text in ``data``."""
    return _known(data[:LIMIT_BYTES])


def received_field(field: bytes) -> Received:
    """Give the text in a field of fixed size, which ends at its first NUL if it has one.

    Plain text is read anew: a wtmp names more terminals and sources than could be remembered.
    """
    data = field.partition(b"\0")[0]
    if data.isascii() and len(data) <= LIMIT and (text := data.decode()).isprintable():
        return text, None
    return _known(data)


@lru_cache(maxsize=4096)
def _known(data: bytes) -> Received:
    """The same names come again and again: remembered, one costs 0.1 µs instead of 1."""
    shown = safe(data)
    if shown.encode() == data:
        return shown, None
    return shown, data.decode("latin-1")


def raw_text(user: str | None, tty: str | None, source: str | None) -> RawText | None:
    """Give what an event keeps as received; None where that is what it shows."""
    if user is None and tty is None and source is None:
        return None
    return RawText(user, tty, source)
