"""What of files could not be taken in, and was left out: told on standard error when all is read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whotop.errors import InputError

ROWS_TOLD = 10
"""Of the rows that are refused, these are named one by one."""


class Complaints:
    """Files that were passed over, and rows that were refused."""

    def __init__(self) -> None:
        self.rows = self.other_rows = 0
        self.files: list[str] = []
        self._first_rows: list[str] = []

    def row(self, error: InputError) -> None:
        """A row was refused."""
        self.rows += 1
        if len(self._first_rows) < ROWS_TOLD:
            self._first_rows.append(str(error))

    def other_row(self) -> None:
        """A row was of another type than logins and logouts: nothing to complain of."""
        self.other_rows += 1

    def file(self, error: InputError) -> None:
        """A file was passed over, or a part of it."""
        self.files.append(str(error))

    @property
    def code(self) -> int:
        """What the process ends with: 1 where something was passed over."""
        return 1 if self.files else 0

    def tell(self) -> None:
        """Name them, each in a line."""
        from whotop.text import safe

        for line in (*self.files, *self._first_rows):
            print(f"whotop: {safe(line, 2_000)}", file=sys.stderr)
