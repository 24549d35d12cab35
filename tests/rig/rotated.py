"""A machine whose wtmp is rotated under the hands of those who write it, and all that was ever written to it."""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig.machine import RigMachine


class RotatedMachine:
    """Keeps every file that was its wtmp open: who opened one before it was replaced may write to it after that."""

    def __init__(self, machine: RigMachine) -> None:
        self.machine = machine
        self.wtmp = machine.folder / "log" / "wtmp"
        self._gone: list[int | bytes] = []
        """Files, and what was taken out of them."""

    def rename(self) -> None:
        """As logrotate does with ``create``; there is always a wtmp."""
        self._gone.append(os.open(self.wtmp, os.O_RDONLY))
        self._make_room()
        self.wtmp.with_name("wtmp.1").hardlink_to(self.wtmp)
        newer = self.wtmp.with_name("wtmp.new")
        newer.touch(0o664)
        shutil.chown(newer, "root", "utmp")
        newer.replace(self.wtmp)

    def copy_and_truncate(self) -> None:
        """As logrotate does with ``copytruncate`` and ``dateext``; nobody writes meanwhile."""
        self._empty(self.wtmp.with_name(f"wtmp-{20261101 + len(self._gone)}").write_bytes)

    def truncate(self) -> None:
        """As an intruder does: there is no copy."""
        self._empty(len)

    def compress(self) -> None:
        """As logrotate does with ``compress`` and without ``delaycompress``."""
        self.rename()
        older = self.wtmp.with_name("wtmp.1")
        self.wtmp.with_name("wtmp.1.gz").write_bytes(gzip.compress(older.read_bytes()))
        older.unlink()

    @property
    def written(self) -> bytes:
        """The whole of it."""
        return b"".join(map(_content, self._gone)) + self.wtmp.read_bytes()

    def _make_room(self) -> None:
        """Every copy is one older now."""
        for number in range(len(self._gone), 0, -1):
            for ending in ("", ".gz"):
                copy = self.wtmp.with_name(f"wtmp.{number}{ending}")
                if copy.exists():
                    copy.rename(self.wtmp.with_name(f"wtmp.{number + 1}{ending}"))

    def _empty(self, keep: Callable[[bytes], int]) -> None:
        with _locked(self.wtmp) as wtmp:
            data = self.wtmp.read_bytes()
            keep(data)
            self._gone.append(data)
            os.truncate(wtmp, 0)


def _content(gone: int | bytes) -> bytes:
    return gone if isinstance(gone, bytes) else os.pread(gone, os.fstat(gone).st_size, 0)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Keep away whoever writes to wtmp by the C library (glibc login/utmp_file.c takes this lock)."""
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
