"""The copies that rotation leaves beside a file: which there are, and which of them follow a cursor.

They are told apart by what they hold. Their names only say that they may be copies: ``wtmp.1``,
``wtmp-20261101``, ``auth.log.2.gz``.
"""

import os

from whotop.probe.linux.compressed import ENDINGS, CompressedCopy
from whotop.probe.linux.files import file_names
from whotop.probe.linux.framing import LineFraming, RecordFraming
from whotop.probe.linux.record_file import RecordFile

COPY_LIMIT = 16


def copy_names(path: bytes) -> "list[bytes]":
    """Give the paths of all copies, the newest first."""
    folder, name = os.path.split(path)
    names = set(file_names(folder))
    found = []
    for one in names:
        ending = one[one.rfind(b".") :]
        plain = one[: -len(ending)] if ending in ENDINGS else one
        # While a copy is being compressed, both are there.
        if is_copy(plain, name) and (plain == one or plain not in names):
            found.append((changed_ns(os.path.join(folder, one)), order_of(plain, name), os.path.join(folder, one)))
    return [path for _, _, path in sorted(found, reverse=True)[:COPY_LIMIT]]


def is_copy(name: bytes, of: bytes) -> bool:
    """Whether a file is named as a rotated copy of another."""
    suffix = name[len(of) :]
    return name.startswith(of) and suffix[:1] in (b".", b"-") and suffix.replace(b"-", b"").replace(b".", b"").isdigit()


def order_of(name: bytes, of: bytes) -> int:
    """Give what grows with how new a copy is, judged by its name: dates grow, numbers count backwards."""
    number = int(name[len(of) :].replace(b"-", b"").replace(b".", b""))
    return number if number > 9999 else -number


def changed_ns(path: bytes) -> int:
    """Give when a file was last written to; 0 if it is gone."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def opened_copy(path: bytes, framing: "type[RecordFraming] | type[LineFraming]") -> "RecordFile | None":
    """Open a copy; None if it cannot be read."""
    try:
        return CompressedCopy(path, framing) if path.endswith(ENDINGS) else RecordFile(path, framing)
    except (OSError, ImportError, EOFError):
        return None


def copies_from(
    path: bytes, cursor: "dict[str, object]", framing: "type[RecordFraming] | type[LineFraming]"
) -> "list[RecordFile]":
    """Give the copy in which a cursor stands and those made after it, oldest first; none if no copy holds it."""
    newer = []  # type: list[RecordFile]
    for one in copy_names(path):
        copy = opened_copy(one, framing)
        if copy is None:
            continue
        newer.insert(0, copy)
        if copy.continues(cursor):
            return newer
    return []


def copies_since(
    path: bytes, since_ns: int, size_bytes: int, framing: "type[RecordFraming] | type[LineFraming]"
) -> "list[RecordFile]":
    """Give the copies that were written to since then and hold the last so many bytes, oldest first."""
    found = []  # type: list[RecordFile]
    for one in copy_names(path):
        if size_bytes <= 0 or changed_ns(one) < since_ns:
            break
        copy = opened_copy(one, framing)
        if copy is not None:
            copy.look()
            size_bytes -= copy.whole
            found.insert(0, copy)
    return found
