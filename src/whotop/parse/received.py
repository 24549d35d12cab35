"""Texts as received: made safe to show, and kept beside that where it changed them."""

from __future__ import annotations

from functools import lru_cache

from whotop.model import RawText
from whotop.text import safe

Received = tuple[str, str | None]
"""A safe text, and the bytes as ``latin-1`` text if they are not just that text."""


@lru_cache(maxsize=8192)
def received(data: bytes) -> Received:
    """Give the text in ``data``; the same names come again and again, so it remembers them."""
    shown = safe(data)
    if shown.encode() == data:
        return shown, None
    return shown, data.decode("latin-1")


@lru_cache(maxsize=8192)
def received_field(field: bytes) -> Received:
    """Give the text in a field of fixed size, which ends at its first NUL if it has one."""
    return received(field.partition(b"\0")[0])


def raw_text(user: str | None, tty: str | None, source: str | None) -> RawText | None:
    """Give what an event keeps as received; None where that is what it shows."""
    if user is None and tty is None and source is None:
        return None
    return RawText(user, tty, source)
