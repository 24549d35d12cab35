"""Every text of a report made safe to show, whatever room it came through.

Texts are made safe where they enter; a report is what leaves the house, so it does not take that on
trust. ``text.safe`` applied twice changes nothing.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from whotop.model import RawText
from whotop.text import safe

LIMIT = 1_024
"""More than any field is cut to at the entrance, so that nothing is cut twice."""

Value = TypeVar("Value")


def made_safe(value: Value) -> Value:
    """The same value with its texts safe, to any depth; texts as received (``RawText``) stay as they are."""
    return _safe(value)  # type: ignore[return-value]  # a structure is answered by one of its own type


def _safe(value: object) -> object:
    if isinstance(value, str):
        return safe(value, LIMIT)
    if isinstance(value, tuple):
        return tuple(map(_safe, value))
    if isinstance(value, msgspec.Struct) and not isinstance(value, RawText):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        changed = {name: after for name, before in fields if (after := _safe(before)) != before}
        return msgspec.structs.replace(value, **changed) if changed else value
    return value
