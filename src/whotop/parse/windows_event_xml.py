"""Events of Windows as XML: ``wevtutil qe /f:xml``, ``ToXml()``, with and without a root element.

Each event is cut out and read by itself, so that one which is damaged costs no other. Characters that
XML does not know are replaced: whoever types them as a user name must not be overlooked for it.
Document types and entities are refused (defusedxml); so is an event longer than Windows writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from whotop.parse.windows_event import VALUE_CHARACTERS, WindowsEvent, number, time_us
from whotop.parse.windows_fields import named

EVENT_CHARACTERS = 131_072
"""Windows lets an event have 64 KB; what is longer could cost 40 MB to read."""
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(x[0-9a-fA-F]{1,8}|[0-9]{1,8});")
_BEGINNING = re.compile(r"<(?:(\w{1,32}):)?Event(?=[\s>])", re.ASCII)


def xml_events(text: str) -> Iterator[WindowsEvent]:
    """Give the events in a text; what is no event, or a broken one, is left out."""
    place = 0
    while found := _BEGINNING.search(text, place):
        ending = f"</{found[1]}:Event>" if found[1] else "</Event>"
        end = text.find(ending, found.end())
        if end < 0:
            return
        place = end + len(ending)
        # The last beginning before the end: an event that was cut off has no end of its own.
        start = max(beginning.start() for beginning in _BEGINNING.finditer(text, found.start(), end))
        if place - start <= EVENT_CHARACTERS:
            event = xml_event(text[start:place], found[1] or "")
            if event is not None:
                yield event


def xml_event(text: str, prefix: str = "") -> WindowsEvent | None:
    """Read one element; None unless it is a whole event. ``prefix`` is that of its namespace."""
    if prefix:
        text = f'<x xmlns:{prefix}="x">{text}</x>'
    root = _root(text)
    if root is None:
        root = _root(_NO_CHARACTERS.sub("\ufffd", text))
    if root is None:
        return None
    return _event(root[0] if prefix and len(root) else root)


def _root(text: str) -> Element | None:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def _event(root: Element) -> WindowsEvent | None:
    parts = {_local(part): part for part in root}
    system = parts.get("System")
    if system is None:
        return None
    fields = {_local(field): field for field in system}
    event_id = number(_text(fields.get("EventID")))
    moment_us = time_us(_attribute(fields.get("TimeCreated"), "SystemTime"))
    if event_id < 0 or not moment_us:
        return None
    return WindowsEvent(
        id=event_id,
        time_us=moment_us,
        record=max(number(_text(fields.get("EventRecordID"))), 0),
        provider=_attribute(fields.get("Provider"), "Name"),
        channel=_text(fields.get("Channel")),
        computer=_text(fields.get("Computer")),
        data=_data(event_id, parts.get("EventData"), parts.get("UserData")),
    )


def _data(event_id: int, event_data: Element | None, user_data: Element | None) -> dict[str, str]:
    if event_data is not None:
        values = [field for field in event_data if _local(field) == "Data"]
        if values and not any("Name" in field.attrib for field in values):
            return named(event_id, [_text(field) for field in values])
        return {field.get("Name", ""): _text(field) for field in values}
    if user_data is not None:
        return {_local(field): _text(field) for field in user_data.iter() if not len(field)}
    return {}


def _local(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def _text(element: Element | None) -> str:
    return "" if element is None or element.text is None else element.text.strip()[:VALUE_CHARACTERS]


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")[:VALUE_CHARACTERS]
