"""A Windows log that somebody exported into a file: XML, JSON, a table or text, in any of the usual encodings.

PowerShell's ``>`` writes UTF-16; wevtutil writes no root element; JSON comes as one array, as lines,
or as objects between lines of other text (evtx_dump).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from whotop.parse.json_values import json_objects
from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_json import json_event
from whotop.parse.windows_event_xml import xml_events
from whotop.parse.windows_rows import is_table, row_events
from whotop.parse.windows_text import is_windows_text, text_events

LOOKED_AT_CHARACTERS = 65_536
_LISTS = ("hits", "expected", "events")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def exported_events(content: bytes) -> Iterator[WindowsEvent]:
    """Give the events of an exported log in its order; what is none is left out."""
    text = exported_text(content)
    first = text.lstrip()[:1]
    if first == "<":
        return xml_events(text)
    if first in ("{", "["):
        return _json_events(text)
    if is_table(text):
        return row_events(text)
    return text_events(text) if is_windows_text(text[:LOOKED_AT_CHARACTERS]) else _json_events(text)


def exported_text(content: bytes) -> str:
    """Decode by the byte-order mark, else by the zeros that UTF-16 has between Latin letters, else UTF-8."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le", "replace")
    return content.decode("utf-8", "replace")


def _json_events(text: str) -> Iterator[WindowsEvent]:
    for value in json_objects(text):
        for item in _unpacked(value):
            event = json_event(item)
            if event is not None:
                yield event


def _unpacked(value: object) -> Iterable[object]:
    """An object that does nothing but hold a list of events, or of what Elasticsearch calls hits."""
    while isinstance(value, dict):
        inner = next((value[name] for name in _LISTS if isinstance(value.get(name), list | dict)), None)
        if inner is None:
            break
        value = inner
    return value if isinstance(value, list) else (value,)
