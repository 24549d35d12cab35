"""Makes any value one that every database takes.

PostgreSQL refuses NUL in a text, it and SQLite refuse lone surrogates, and SQLite's numbers end at
2^63 - 1. Parsers let none of these through; but a commit that fails for one of them would fail for
ever and hold up all that waits behind it, so the last door is shut as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

LARGEST = 2**63 - 1

_encode = msgspec.json.Encoder().encode


def text(value: str) -> str:
    """The same text, with NUL and lone surrogates as visible escapes."""
    if value.isascii() and "\0" not in value:
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def number(value: int) -> int:
    """The nearest number of 64 bits."""
    if -LARGEST <= value <= LARGEST:
        return value
    return LARGEST if value > 0 else -LARGEST


def number_or_none(value: int | None) -> int | None:
    """The nearest number of 64 bits, or none."""
    return None if value is None else number(value)


def texts(values: list[str]) -> list[str]:
    """Each of them as ``text`` gives it: nearly always all are good, which is seen at one look."""
    together = "".join(values)
    return values if together.isascii() and "\0" not in together else list(map(text, values))


def numbers(values: list[int]) -> list[int]:
    """Each of them as ``number`` gives it."""
    return values if min(values) >= -LARGEST and max(values) <= LARGEST else list(map(number, values))


def words(values: Sequence[StrEnum | None]) -> list[str | None]:
    """Members of an enumeration as texts; they are often the same."""
    first = values[0]
    if values.count(first) == len(values):
        return [None if first is None else str(first)] * len(values)
    return [None if value is None else str(value) for value in values]


def json(value: object) -> str:
    """A value as JSON text (in which NUL is an escape and does no harm)."""
    try:
        return _encode(value).decode()
    except (UnicodeEncodeError, OverflowError):
        return _encode(_scrubbed(msgspec.to_builtins(value))).decode()


def _scrubbed(value: object) -> object:
    match value:
        case str():
            return text(value)
        case int():
            return number(value)
        case dict():
            return {text(name): _scrubbed(part) for name, part in value.items()}
        case list() | tuple():
            return [_scrubbed(part) for part in value]
    return value
