"""One writer per machine: a lock on one byte of a file, which the kernel frees when its holder dies.

The byte stands at a place that the machine's name gives; the same number is to serve as the key of a
PostgreSQL advisory lock. The file holds nothing: locks may lie beyond its end.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from whotop.errors import StoreError

LARGEST_PLACE = 2**63 - 2
"""The last byte that can be locked: the byte after it must still have a number."""


def lock_number(machine: str) -> int:
    """63 bits that a machine's name gives, alike in every process."""
    digest = blake2b(machine.encode("utf-8", "surrogatepass"), digest_size=8, person=b"whotop").digest()
    return min(int.from_bytes(digest) >> 1, LARGEST_PLACE)


class Claims:
    """The machines that this process writes for.

    POSIX locks belong to the process and end when it closes *any* descriptor of the file: a process
    keeps one ``Claims`` for a store.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.held: set[str] = set()

    def claim(self, machines: Iterable[str]) -> set[str]:
        """Those of ``machines`` that are ours to write now; the others are another process's."""
        file = self._opened()
        ours = {machine for machine in machines if machine in self.held or _locked(file, machine)}
        self.held |= ours
        return ours

    def release(self, machines: Iterable[str]) -> None:
        """Let others write for these."""
        for machine in self.held & set(machines):
            fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, lock_number(machine))
            self.held.remove(machine)

    def close(self) -> None:
        """Let others write for all of them."""
        if self._file is not None:
            os.close(self._file)
        self._file = None
        self.held.clear()

    def _opened(self) -> int:
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise StoreError(f"{self._path}: {error.strerror}") from error
        return self._file


def _locked(file: int, machine: str) -> bool:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, lock_number(machine))
    except (BlockingIOError, PermissionError):
        return False
    return True
