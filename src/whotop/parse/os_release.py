"""The name of the system in /etc/os-release (freedesktop.org, os-release(5))."""

from __future__ import annotations

import re

from whotop.text import safe

_LIMIT = 64
_ASSIGNMENT = re.compile(rb"^(PRETTY_NAME|NAME)=(.*)$", re.MULTILINE)
_ESCAPED = re.compile(rb"\\([\\\"'$`])")


def system_name(data: bytes) -> str:
    """Give PRETTY_NAME, else NAME, else nothing: safe, at most 64 characters."""
    found: dict[bytes, bytes] = dict(_ASSIGNMENT.findall(data))
    return safe(_unquoted(found.get(b"PRETTY_NAME") or found.get(b"NAME") or b""), _LIMIT)


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    if len(value) > 1 and value[:1] == value[-1:] and value[:1] in b"\"'":
        value = value[1:-1]
    return _ESCAPED.sub(rb"\1", value)
