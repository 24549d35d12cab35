"""Events of Windows as text for people: ``wevtutil qe /f:text``, and what Splunk keeps of its first input.

Each is a head of fields, then the message. One begins with ``Event[0]:``, the other with a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_flat import flat_event

_BEGINNING = re.compile(
    r"^(?:Event\[\d{1,9}\]:?|(?P<date>\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})? [AP]M))[ \t\r]*$", re.MULTILINE
)
_FIELD = re.compile(r"[ \t]*([A-Z][A-Za-z ]{1,20})(?:=|:[ \t]*)(.*)")
_MESSAGES = frozenset({"Message", "Description"})


def is_windows_text(text: str) -> bool:
    """Whether a text holds such an event."""
    found = _BEGINNING.search(text)
    return found is not None and ("LogName=" in text or "Log Name:" in text)


def text_events(text: str) -> Iterator[WindowsEvent]:
    """Give the events in a text; what is none is left out."""
    beginnings = list(_BEGINNING.finditer(text))
    ends = [beginning.start() for beginning in beginnings[1:]] + [len(text)]
    for beginning, end in zip(beginnings, ends, strict=True):
        fields = _fields(text[beginning.end() : end])
        event = flat_event({"Date": beginning["date"] or "", **fields})
        if event is not None:
            yield event


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    place = 0
    for line in block.splitlines(keepends=True):
        place += len(line)
        found = _FIELD.match(line.rstrip())
        if found is None:
            continue
        fields[found[1]] = found[2].strip()
        if found[1] in _MESSAGES:
            fields[found[1]] += "\n" + block[place:]
            break
    return fields
