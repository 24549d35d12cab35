"""The journal as ``journalctl -o json`` writes it: one JSON object a line (systemd.journal-fields(7)).

A value is a text, a list of bytes where it is no plain text, a list of those where a field was
repeated, or null where it was too long for journalctl. Whoever may write to the journal, and that is
everybody, chooses all fields but those that begin with an underscore.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

import msgspec
from msgspec.structs import replace

from whotop.parse.log_line import LOGIND, LONGEST_BYTES, LogLine, may_tell, tells

FIELDS = (
    "MESSAGE",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "SESSION_ID",
    "USER_ID",
    "LEADER",
    "_COMM",
    "_PID",
    "_UID",
    "_BOOT_ID",
    "_HOSTNAME",
    "_SOURCE_REALTIME_TIMESTAMP",
)
"""What is read of an entry; ``journalctl --output-fields`` adds the rest (``__CURSOR``, ``__REALTIME_TIMESTAMP``)."""

LONGEST_ENTRY_BYTES = 65536
_READ = frozenset({*FIELDS, "__CURSOR", "__REALTIME_TIMESTAMP"})
_LIST_LIMIT = 4 * LONGEST_BYTES
_ONCE = (b'"MESSAGE":', b'"_UID":', b'"_PID":', b'"SYSLOG_IDENTIFIER":')
"""An entry that has one of these twice is nobody's."""
_LONGEST_NUMBER = 18
_HEXADECIMAL = re.compile(rb"[0-9a-f]{32}")
_CURSOR = re.compile(rb"s=([0-9a-f]{32});i=([0-9a-f]{1,16});")
_LARGEST_PID = 2**31 - 1
_ROOT = b"0"

_decode_plain = msgspec.json.Decoder(dict[str, str | None]).decode
"""Nearly all entries have texts alone, which take a fifth of the time."""
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_value = msgspec.json.Decoder(str | list[int | str | list[int]] | None).decode


class Fields(Protocol):
    """The fields of an entry."""

    def get(self, name: str, default: bytes, /) -> bytes:
        """A field's value, of several the first."""
        ...


def lines(entries: Iterable[bytes]) -> list[LogLine]:
    """Give the telling lines among entries, one JSON object each; what is none is left out."""
    return [line for entry in entries if may_tell(entry) and (line := _line(entry)) is not None]


def line_of(fields: Fields) -> LogLine | None:
    """Give the line that an entry's fields make; None where it tells nothing, has no time, or is not to be believed.

    Its time is that at which it was sent (``_SOURCE_REALTIME_TIMESTAMP``), which is the login's own
    within a millisecond; the journal writes it later, when it is busy by seconds.
    sshd, login and logind run as root: a line in their name from anybody else is made up.
    """
    get = fields.get
    program, message = get("SYSLOG_IDENTIFIER", b"") or get("_COMM", b""), get("MESSAGE", b"")
    if not program or not message or not tells(program, message) or get("_UID", _ROOT) != _ROOT:
        return None
    time_us = _number(get("_SOURCE_REALTIME_TIMESTAMP", b"")) or _number(get("__REALTIME_TIMESTAMP", b""))
    if not time_us:
        return None
    line = LogLine(
        time_us=time_us,
        program=program,
        message=message[:LONGEST_BYTES],
        pid=_pid(get("_PID", b"")) or _pid(get("SYSLOG_PID", b"")),
        host=get("_HOSTNAME", b""),
        record_id=_record_id(get("__CURSOR", b"")),
        boot_id=_boot_id(get("_BOOT_ID", b"")),
    )
    if program != LOGIND:
        return line
    return replace(
        line, session_id=get("SESSION_ID", b""), leader_pid=_pid(get("LEADER", b"")), user=get("USER_ID", b"")
    )


class _Texts:
    """The fields of an entry all of whose values are texts."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, str | None]) -> None:
        self._values = values

    def get(self, name: str, default: bytes, /) -> bytes:
        text = self._values.get(name)
        return default if text is None else text.encode()


def _line(entry: bytes) -> LogLine | None:
    if len(entry) > LONGEST_ENTRY_BYTES:
        return None
    fields = _fields(entry)
    line = None if fields is None else line_of(fields)
    return None if line is None or any(entry.count(name) > 1 for name in _ONCE) else line


def _fields(entry: bytes) -> Fields | None:
    """None where the entry is no object."""
    try:
        return _Texts(_decode_plain(entry))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _values(entry)


def _values(entry: bytes) -> dict[str, bytes] | None:
    """The same where one of them is no plain text."""
    try:
        values = _decode(entry)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return {name: text for name in _READ & values.keys() if (text := _text(values[name])) is not None}


def _text(raw: msgspec.Raw) -> bytes | None:
    """A value as bytes: of several the first; None for anything that journalctl does not write."""
    try:
        value = _decode_value(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(value, list) and value and not isinstance(value[0], int):
        value = value[0]
    if isinstance(value, str):
        return value.encode()
    if value is None or len(value) > _LIST_LIMIT:
        return None
    try:
        return bytes(byte for byte in value if isinstance(byte, int))
    except ValueError:
        return None


def _number(digits: bytes) -> int:
    return int(digits) if digits.isdigit() and len(digits) <= _LONGEST_NUMBER else 0


def _pid(digits: bytes) -> int:
    pid = _number(digits)
    return pid if pid <= _LARGEST_PID else 0


def _record_id(cursor: bytes) -> str:
    """The part of a cursor that names its entry: the journal's sequence and the number in it."""
    found = _CURSOR.match(cursor)
    return "" if found is None else f"{found[1].decode()[:12]}:{found[2].decode()}"


@lru_cache(maxsize=64)
def _boot_id(digits: bytes) -> str:
    """As the kernel writes it (/proc/sys/kernel/random/boot_id): with hyphens."""
    if not _HEXADECIMAL.fullmatch(digits):
        return ""
    text = digits.decode()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
