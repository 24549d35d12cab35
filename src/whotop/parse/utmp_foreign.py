"""Layouts of login records that glibc does not write: utmpx of macOS and of Solaris, utmp of OpenBSD.

Each is turned into glibc's fields, types and words, so that what records mean is said in one place.
The structures are those of Libc gen/utmpx-darwin.c (struct utmpx32), Solaris' sys/utmpx.h (struct
futmpx) and OpenBSD's utmp.h (struct utmp); FreeBSD's are in ``utx.py``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from whotop.parse.utmp_layout import LAYOUTS, Layout, RecordFields, share_of_plausible
from whotop.parse.utmp_meaning import BOOT_TIME, DEAD_PROCESS, NEW_TIME, OLD_TIME, SHUTDOWN_TIME, USER_PROCESS

MACOS_BEGINNING = b"utmpx-1.00\0"
"""The user of a first record that only says what the file is."""
_KINDS = {2: BOOT_TIME, 3: OLD_TIME, 4: NEW_TIME, 7: USER_PROCESS, 8: DEAD_PROCESS}
_MACOS_KINDS = {**_KINDS, 11: SHUTDOWN_TIME}
_SOLARIS_KINDS = {**_KINDS, 10: SHUTDOWN_TIME}
_FLAGS = 0xC000
"""What macOS adds to a type to say how it was filled in."""
_WORDS = {
    BOOT_TIME: (b"~\0", b"reboot\0"),
    SHUTDOWN_TIME: (b"~\0", b"shutdown\0"),
    OLD_TIME: (b"|\0", b"date\0"),
    NEW_TIME: (b"{\0", b"date\0"),
}
"""Line and user by which records of the machine itself are known."""
_NOTHING: RecordFields = (0, 0, b"\0", b"\0", b"\0", 0, 0, b"")


class ForeignLayout(Layout, frozen=True):
    """Records that have to be turned into glibc's."""

    read: Callable[[tuple[Any, ...]], RecordFields]

    def records(self, data: bytes) -> Iterator[RecordFields]:
        """Give the fields of each whole record as glibc would have written them."""
        whole = len(data) - len(data) % self.record.size
        return map(self.read, self.record.iter_unpack(memoryview(data)[:whole]))


def _macos(fields: tuple[Any, ...]) -> RecordFields:
    user, line, pid, kind, seconds, microseconds, host = fields
    return _fields(_MACOS_KINDS, kind & ~_FLAGS, pid, line, user, host, seconds, microseconds)


def _solaris(fields: tuple[Any, ...]) -> RecordFields:
    user, line, pid, kind, seconds, microseconds, host = fields
    return _fields(_SOLARIS_KINDS, kind, pid, line, user, host, seconds, microseconds)


def _openbsd(fields: tuple[Any, ...]) -> RecordFields:
    line, user, host, seconds = fields
    # A line that is no text: these records have nothing else by which to tell them from any bytes.
    is_line = line[:1] in b"~|{" or (line.isascii() and line[:1].isalnum())
    return USER_PROCESS if is_line else -1, 0, line, user, host, seconds, 0, b""


def _fields(
    kinds: Mapping[int, int], kind: int, pid: int, line: bytes, user: bytes, host: bytes, second: int, microsecond: int
) -> RecordFields:
    meant = kinds.get(kind)
    if meant is None:
        return _NOTHING if 0 <= kind <= max(kinds) else (-1, *_NOTHING[1:5], second or 1, 0, b"")
    line, user = _WORDS.get(meant, (line, user))
    # The word says what it is: 254 is no type of a record.
    return min(meant, 9), pid, line, user, host, second, microsecond, b""


_SOLARIS = "32s4x32sih6xIi26x257sx"
FOREIGN_LAYOUTS = (
    ForeignLayout("macOS", struct.Struct("<256s4x32sihxxIi256s64x"), _macos),
    ForeignLayout("Solaris little", struct.Struct("<" + _SOLARIS), _solaris),
    ForeignLayout("Solaris big", struct.Struct(">" + _SOLARIS), _solaris),
    ForeignLayout("OpenBSD", struct.Struct("<8s32s256sq"), _openbsd),
)
ALL_LAYOUTS = (*LAYOUTS, *FOREIGN_LAYOUTS)


def file_layout_of(data: bytes) -> Layout:
    """Choose the layout of a file from any system: that in which most of the first records make sense."""
    if data.startswith(MACOS_BEGINNING):
        return FOREIGN_LAYOUTS[0]
    return max(ALL_LAYOUTS, key=lambda layout: (share_of_plausible(layout, data), len(data) % layout.record_bytes == 0))
