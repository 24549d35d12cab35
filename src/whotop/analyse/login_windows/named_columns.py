"""Which columns of a file that names them hold the logins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whotop.errors import InputError

_NAMES = {
    "name": ("user", "name", "login", "username"),
    "source": ("ip", "source", "from", "address", "ip address"),
    "time": ("date", "time", "timestamp"),
}


class LoginColumns(NamedTuple):
    """The names of the three."""

    name: str
    source: str
    time: str


def login_columns(columns: Sequence[str], file: str) -> LoginColumns:
    """Those that are called so; the first three of a file that calls none so.

    Raises InputError, with the ``file``, where one is missing.
    """
    found = {
        wanted: next((column for column in columns if column.lower() in names), None)
        for wanted, names in _NAMES.items()
    }
    if not any(found.values()) and len(columns) >= len(found):
        return LoginColumns(*columns[: len(found)])
    for wanted, column in found.items():
        if column is None:
            raise InputError(f"no column for the {wanted} (one of {', '.join(_NAMES[wanted])})", file=file)
    return LoginColumns(**{wanted: str(column) for wanted, column in found.items()})
