"""The journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS), which ``journalctl -o export`` writes.

An entry is its fields, each ``NAME=value`` in a line, or, where the value is no plain text, the name
alone in a line, the value's length in 64 bits (little endian), the value and a newline; an empty
line ends it.
"""

from __future__ import annotations

import re

from whotop.parse.journal import FIELDS, LONGEST_ENTRY_BYTES, line_of
from whotop.parse.log_line import LogLine, may_tell

_READ = {name.encode(): name for name in (*FIELDS, "__CURSOR", "__REALTIME_TIMESTAMP")}
_BEGINNINGS = {text: b"\n" + name + b"=" for name, text in _READ.items()}
_PLAIN_ENTRY = re.compile(rb"(?:[^=\n]+=.*\n)++\n")
"""One of text fields alone, as nearly all are: taken whole it costs a third of what its fields cost one by one."""
_LENGTH_BYTES = 8


class _PlainEntry:
    """The fields of an entry that has text alone."""

    __slots__ = ("_entry",)

    def __init__(self, entry: bytes) -> None:
        self._entry = entry

    def get(self, name: str, default: bytes, /) -> bytes:
        beginning = _BEGINNINGS[name]
        place = self._entry.find(beginning)
        if place < 0:
            return default
        start = place + len(beginning)
        return self._entry[start : self._entry.index(b"\n", start)]


class JournalExport:
    """Reads an export in pieces cut anywhere. Values too long to be of use are passed over, not kept."""

    __slots__ = ("_fields", "_is_between", "_rest", "_skip_bytes", "_skips_line")

    def __init__(self) -> None:
        self._fields: dict[str, bytes] = {}
        self._rest = b""
        self._skip_bytes = 0
        self._skips_line = False
        self._is_between = True
        """At the beginning of an entry."""

    def lines(self, piece: bytes) -> list[LogLine]:
        """Give the telling lines of the entries that end in this piece."""
        found: list[LogLine] = []
        data, place = self._rest + piece, 0
        while True:
            if self._is_between:
                place = self._plain_entries(data, place, found)
            after = self._field(data, place, found)
            if after is None:
                break
            place = after
        self._rest = data[place:]
        if len(self._rest) > LONGEST_ENTRY_BYTES + 1024:
            self._rest, self._skips_line = b"", True
        return found

    def finish(self) -> list[LogLine]:
        """Give the line of a last entry that no empty line ends."""
        found: list[LogLine] = []
        if self._rest and b"=" in self._rest:
            self._text_field(self._rest)
        self._rest = b""
        self._end(found)
        return found

    def _plain_entries(self, data: bytes, place: int, found: list[LogLine]) -> int:
        """Take the plain entries that begin here; where the first other one does."""
        while entry := _PLAIN_ENTRY.match(data, place):
            if may_tell(entry[0]):
                line = line_of(_PlainEntry(b"\n" + entry[0]))
                if line is not None:
                    found.append(line)
            place = entry.end()
        self._is_between = False
        return place

    def _field(self, data: bytes, place: int, found: list[LogLine]) -> int | None:
        """Take one field or the end of an entry; where the next begins, None where this one is not whole."""
        if self._skip_bytes:
            skipped = min(self._skip_bytes, len(data) - place)
            self._skip_bytes -= skipped
            return place + skipped if skipped else None
        end = data.find(b"\n", place)
        if end < 0:
            return None
        line = data[place:end]
        if self._skips_line:
            self._skips_line = False
        elif not line:
            self._is_between = True
            self._end(found)
        elif b"=" in line:
            self._text_field(line)
        else:
            return self._binary_field(line, data, end + 1)
        return end + 1

    def _text_field(self, line: bytes) -> None:
        name, _, value = line.partition(b"=")
        if name in _READ:
            self._fields.setdefault(_READ[name], value)

    def _binary_field(self, name: bytes, data: bytes, place: int) -> int | None:
        start = place + _LENGTH_BYTES
        if len(data) < start:
            return None
        size = int.from_bytes(data[place:start], "little")
        if size > LONGEST_ENTRY_BYTES:
            self._skip_bytes = size + 1
            return start
        if len(data) < start + size + 1:
            return None
        if name in _READ:
            self._fields.setdefault(_READ[name], data[start : start + size])
        return start + size + 1

    def _end(self, found: list[LogLine]) -> None:
        if not self._fields:  # one empty line after another: 64 KB of them would take half a second
            return
        fields, self._fields = self._fields, {}
        line = line_of(fields)
        if line is not None:
            found.append(line)
