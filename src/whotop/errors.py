"""Everything that whotop raises on purpose.

    WhotopError                 exit code 1
    ├── UsageError              exit code 2: an option or an argument is wrong
    │   ├── ConfigError         a file the user wrote is wrong: file, place, mend
    │   └── QueryError          a filter is wrong: what, and at which character
    ├── InputError              exit code 2: a file of records cannot be read: file, line, mend
    │   └── BadRowError         one row of it is wrong, and nothing was written
    ├── StoreError              the database cannot be opened or written
    │   └── StoreTooNewError    it was made by a newer whotop
    ├── AlertResolvedError      what is said of an alert comes when it stands no longer
    ├── SecretError             no secret where the configuration says that one is
    └── MachineError            one machine cannot be watched; shown on its row, never fatal
        ├── UnreachableError    no connection: refused, timed out, no such name
        ├── HostKeyError        its key is unknown, or (worse) has changed
        ├── AuthenticationError it refused us
        ├── ProbeError          connected, but the probe cannot run there
        └── WireError           it broke the protocol or one of its limits

The text of each is one line that names the file, the place in it and how to mend it; the command
line prints it after ``whotop: `` and ends with ``exit_code``.
"""

from __future__ import annotations


class WhotopError(Exception):
    """The root of the tree. ``exit_code`` is what the process ends with if nothing handles it."""

    exit_code = 1


class UsageError(WhotopError):
    """An option or an argument is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A file that the user wrote is wrong.

    ``place`` is a line number or a field path such as ``machines[2].port``; either may be empty.
    """

    def __init__(self, what: str, *, file: str = "", place: str = "", mend: str = "") -> None:
        self.what, self.file, self.place, self.mend = what, file, place, mend
        super().__init__(": ".join(part for part in (file, place, what) if part) + (f" ({mend})" if mend else ""))


class QueryError(UsageError):
    """A filter is wrong. ``position`` counts characters from 0; ``what`` alone is the line under a filter box."""

    def __init__(self, what: str, position: int) -> None:
        self.what, self.position = what, position
        super().__init__(f"filter, character {position + 1}: {what}")


class InputError(WhotopError):
    """A file of records cannot be read; ``line`` counts from 1, 0 where there is none."""

    exit_code = 2

    def __init__(self, what: str, *, file: str = "", line: int = 0) -> None:
        self.what, self.file, self.line = what, file, line
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {what}" if place else what)


class BadRowError(InputError):
    """One row of a file is wrong; the file and the line are named, and nothing was written."""


class StoreError(WhotopError):
    """The store cannot be opened, read or written."""


class StoreTooNewError(StoreError):
    """The store was made by a newer whotop than this one."""


class AlertResolvedError(WhotopError):
    """An alert cannot be marked any more: it stands no longer."""


class SecretError(WhotopError):
    """There is no secret where the configuration says that one is."""


class MachineError(WhotopError):
    """One machine cannot be watched. Shown on that machine's row; the others go on.

    ``retry`` says whether trying again by itself can help (a refused port: yes; a changed host
    key: no, until somebody acts, but the connection is still tried at the slowest pace).
    """

    retry = True


class UnreachableError(MachineError):
    """No connection: refused, timed out, no route, no such name."""


class HostKeyError(MachineError):
    """The machine's key is not known, or is not the one that is recorded."""

    def __init__(self, what: str, *, changed: bool = False) -> None:
        self.changed = changed
        super().__init__(what)


class AuthenticationError(MachineError):
    """The machine refused every key and password that we have for it."""


class ProbeError(MachineError):
    """Connected, but the probe does not run there (no interpreter, a forced command…)."""


class WireError(MachineError):
    """The machine sent what the protocol or a limit forbids."""
