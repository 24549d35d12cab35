"""Login events as JSON lines: one object a line, with the names that a table's columns have.

{"date": "2020-01-21T12:45:56Z", "type": "login", "machine": "web-01", "user": "jordan"}
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO

import msgspec

from whotop.model import Event
from whotop.parse.event_row import NEEDED, OPTIONAL, RowReader, TableForm
from whotop.parse.pieces import PiecesFile

LONGEST_LINE_BYTES = 1024 * 1024
"""What is longer tells more than a login, and shall not fill our memory: it is refused as one row."""
_USUAL = TableForm()

_decode_texts = msgspec.json.Decoder(dict[str, str]).decode
_decode = msgspec.json.Decoder(dict[str, object]).decode


def line_events(pieces: Iterable[bytes], rows: RowReader, *, form: TableForm = _USUAL) -> Iterator[Event]:
    """The events of a file in its own order, as it is read. Raises InputError for a line that is no such object."""
    file = io.BufferedReader(PiecesFile(pieces))
    names = [form.name(column) for column in (*NEEDED, *OPTIONAL)]
    for number, line in enumerate(_lines(file), 1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not text:
            continue
        if len(line) > LONGEST_LINE_BYTES:
            rows.refused(f"longer than {LONGEST_LINE_BYTES // 2**20} MB", number)
            continue
        try:
            values = _texts(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            rows.refused("this is no JSON object", number)
            continue
        event = rows.event(number, [values.get(name, "") for name in names])
        if event is not None:
            yield event


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Each line; of one that is too long as much as shows that it is."""
    read = partial(file.readline, LONGEST_LINE_BYTES + 1)
    for line in iter(read, b""):
        yield line
        piece = line
        while len(piece) > LONGEST_LINE_BYTES and not piece.endswith(b"\n"):
            piece = read()


def _texts(line: bytes) -> dict[str, str]:
    """The values that are texts: mostly all."""
    try:
        return _decode_texts(line)
    except msgspec.ValidationError:
        return {name: value for name, value in _decode(line).items() if isinstance(value, str)}
