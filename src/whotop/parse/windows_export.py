"""A Windows log that somebody exported into a file: XML or JSON, in any of the usual encodings.

PowerShell's ``>`` writes UTF-16; wevtutil writes no root element; JSON comes as one array, as lines,
or as objects between lines of other text (evtx_dump).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_json import json_event
from whotop.parse.windows_event_xml import xml_events

BROKEN_PLACES = 1_000
"""After so many places at which JSON begins and is none, the rest is not looked at."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_decoder = json.JSONDecoder()


def exported_events(content: bytes) -> Iterator[WindowsEvent]:
    """Give the events of an exported log in its order; what is none is left out."""
    text = exported_text(content)
    return xml_events(text) if text.lstrip()[:1] == "<" else _json_events(text)


def exported_text(content: bytes) -> str:
    """Decode by the byte-order mark, else by the zeros that UTF-16 has between Latin letters, else UTF-8."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le", "replace")
    return content.decode("utf-8", "replace")


def _json_events(text: str) -> Iterator[WindowsEvent]:
    for value in _json_values(text):
        for item in value if isinstance(value, list) else (value,):
            event = json_event(item)
            if event is not None:
                yield event


def _json_values(text: str) -> Iterator[object]:
    """Each array or object that begins a line; what is between them is passed over."""
    place, broken = _next_beginning(text, 0), 0
    while place >= 0 and broken < BROKEN_PLACES:
        try:
            value, end = _decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            broken, end = broken + 1, _line_end(text, place)
        else:
            yield value
        place = _next_beginning(text, end)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _next_beginning(text: str, place: int) -> int:
    """Where the next line begins with a bracket; -1 nowhere."""
    while place < len(text):
        end = _line_end(text, place)
        line = text[place:end]
        if line.lstrip(" \t\r,\ufeff")[:1] in ("{", "["):
            return place + min(at for at in (line.find("{"), line.find("[")) if at >= 0)
        place = end + 1
    return -1
