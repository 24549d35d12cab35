"""Values as TOML writes them; ``tomllib`` only reads."""

from __future__ import annotations

import json
from collections.abc import Iterable


def toml_value(value: object) -> str:
    """Text, a number, true or false, or a list of those."""
    match value:
        case str():
            # What JSON escapes TOML understands; it wants DEL escaped as well.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case list() | tuple():
            return "[" + ", ".join(map(toml_value, value)) + "]"
    raise TypeError(f"no TOML value: {type(value).__name__}")


def toml_table(header: str, fields: Iterable[tuple[str, object]]) -> str:
    """A table with those of its fields that have a value."""
    lines = [f"{name} = {toml_value(value)}" for name, value in fields if value not in (None, "", ())]
    return "\n".join([header, *lines, ""])
