"""The objects in a text of JSON, however it is laid out: lines, one array, or written over many lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

BROKEN_PLACES = 1_000
"""After so many places at which JSON begins and is none, the rest is not looked at."""
TIMES_IN_VAIN = 4
"""Nor after so many times the text's length was read at such places: each may seem to be JSON up to the end."""

_BEGINNING = re.compile("[ \\t\\r,\\ufeff\\x1e]*+(?:data: )?([{[])")
"""What may stand before a value in its line: a record separator is that of RFC 7464, ``data:`` of json-sse."""
_decoder = json.JSONDecoder()


def json_objects(text: str) -> Iterator[object]:
    """Give each value, those of an array one by one; lines of other text between them are passed over."""
    for value in _json_values(text):
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _json_values(text: str) -> Iterator[object]:
    """Each array or object that begins a line."""
    place, broken, in_vain = _next_beginning(text, 0), 0, 0
    while place >= 0 and broken < BROKEN_PLACES and in_vain <= TIMES_IN_VAIN * len(text):
        try:
            value, end = _decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            read_to = error.pos if isinstance(error, json.JSONDecodeError) else len(text)
            broken, in_vain, end = broken + 1, in_vain + read_to - place, _line_end(text, place)
        else:
            yield value
        place = _next_beginning(text, end)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _next_beginning(text: str, place: int) -> int:
    """Where the rest of this line, or the next one, begins with a bracket; -1 nowhere."""
    while place < len(text):
        found = _BEGINNING.match(text, place)
        if found is not None:
            return found.start(1)
        place = _line_end(text, place) + 1
    return -1
