"""Events of Windows as JSON, in the shapes that programs export them in.

- our own probe: ``{"id", "record", "time", "provider", "channel", "computer", "data": {…}}``
- evtx_dump and the evtx library: ``{"Event": {"System": {…}, "EventData": {…}}}``, attributes under ``#attributes``;
  XML that was turned into JSON as it is: attributes as ``@Name``, and EventData as a list of them
- ``Get-WinEvent | ConvertTo-Json``: ``Id``, ``RecordId``, ``TimeCreated``, and ``Properties`` without names
- Winlogbeat: ``{"winlog": {"event_id", "event_data": {…}}}``
- Wazuh: ``{"win": {"system": {…}, "eventdata": {…}}}``, names with a small first letter, or that below ``data``
- the evtx library of Go: ``{"System": {…}, "EventData": {…}}``
- all that is flat, as ``windows_event_flat`` reads it

What Elasticsearch exports stands below ``_source``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_flat import flat_event
from whotop.parse.windows_event_parts import Fields, event_of, fields_in, number_in, text_in, texts_in
from whotop.parse.windows_fields import named


def json_event(value: object) -> WindowsEvent | None:
    """Read one decoded object; None if it is no event in a shape that we know."""
    if not isinstance(value, Mapping):
        return None
    value = fields_in(value.get("_source")) or value
    for form, reader in _FORMS.items():
        if isinstance(value.get(form), Mapping):
            return reader(value)
    data = fields_in(value.get("data"))
    if isinstance(data.get("win"), Mapping):
        return _of_wazuh(data)
    if "id" in value and "data" in value:
        return _of_probe(value)
    return _of_powershell(value) if "Properties" in value and "Id" in value else flat_event(value)


def _of_probe(value: Fields) -> WindowsEvent | None:
    return event_of(
        value.get("id"),
        value.get("time"),
        value.get("record"),
        value.get("provider"),
        value.get("channel"),
        value.get("computer"),
        texts_in(value.get("data")),
        sshd=value.get("sshd") is True,
    )


def _of_root(value: Fields) -> WindowsEvent | None:
    return _of_evtx(fields_in(value["Event"]))


def _of_evtx(event: Fields) -> WindowsEvent | None:
    system = fields_in(event.get("System"))
    event_id = _content(system.get("EventID"))
    return event_of(
        event_id,
        _attribute(system, "TimeCreated", "SystemTime"),
        _content(system.get("EventRecordID")),
        _attribute(system, "Provider", "Name"),
        _content(system.get("Channel")),
        _content(system.get("Computer")),
        _evtx_data(event, number_in(event_id)),
    )


def _evtx_data(event: Fields, event_id: int) -> dict[str, str]:
    """EventData names its values; where it does not, they are a list under ``Data``."""
    data = event.get("EventData")
    if isinstance(data, Mapping):
        unnamed = data.get("Data")
        unnamed = unnamed.get("#text") if isinstance(unnamed, Mapping) else unnamed
        if isinstance(unnamed, list):
            return _listed(event_id, unnamed)
        return texts_in(data)
    user_data = event.get("UserData")
    if isinstance(user_data, Mapping):
        return {name: text for part in user_data.values() for name, text in texts_in(part).items()}
    return {}


def _listed(event_id: int, values: list[object]) -> dict[str, str]:
    """Values of EventData one after the other: each with its name, or all without."""
    names = [text_in(fields_in(value).get("@Name")) for value in values]
    if not any(names):
        return named(event_id, [text_in(value) for value in values])
    return {name: text_in(_content(value)) for name, value in zip(names, values, strict=True)}


def _of_powershell(value: Fields) -> WindowsEvent | None:
    properties = value.get("Properties")
    values = [fields_in(item).get("Value") for item in properties] if isinstance(properties, list) else []
    created = value.get("TimeCreated")
    return event_of(
        value.get("Id"),
        fields_in(created).get("value", fields_in(created).get("DateTime"))
        if isinstance(created, Mapping)
        else created,
        value.get("RecordId"),
        value.get("ProviderName"),
        value.get("LogName"),
        value.get("MachineName"),
        named(number_in(value.get("Id")), [_property(item) for item in values]),
    )


def _property(value: object) -> str:
    """A value of a list; a SID is an object that holds its text."""
    return text_in(value.get("Value")) if isinstance(value, Mapping) else text_in(value)


def _of_winlogbeat(value: Fields) -> WindowsEvent | None:
    winlog = fields_in(value["winlog"])
    return event_of(
        winlog.get("event_id", fields_in(value.get("event")).get("code")),
        value.get("@timestamp"),
        winlog.get("record_id"),
        winlog.get("provider_name"),
        winlog.get("channel"),
        winlog.get("computer_name"),
        texts_in(winlog.get("event_data")) or texts_in(winlog.get("user_data")),
    )


def _of_wazuh(value: Fields) -> WindowsEvent | None:
    win = fields_in(value["win"])
    system = fields_in(win.get("system"))
    return event_of(
        system.get("eventID"),
        system.get("systemTime"),
        system.get("eventRecordID"),
        system.get("providerName"),
        system.get("channel"),
        system.get("computer"),
        {name[:1].upper() + name[1:]: text for name, text in texts_in(win.get("eventdata")).items()},
    )


def _content(value: object) -> object:
    """What an element holds; with attributes it is an object, and that its ``#text``."""
    return value.get("#text", value.get("Value")) if isinstance(value, Mapping) else value


def _attribute(system: Fields, element: str, name: str) -> object:
    """An attribute of an element, in either of the two ways of evtx_dump, as ``@Name``, or among the fields."""
    apart = system.get(f"{element}_attributes")
    within = fields_in(system.get(element))
    attributes = fields_in(apart if isinstance(apart, Mapping) else within.get("#attributes"))
    return attributes.get(name, within.get(f"@{name}", within.get(name)))


_FORMS: dict[str, Callable[[Fields], WindowsEvent | None]] = {
    "Event": _of_root,
    "System": _of_evtx,
    "winlog": _of_winlogbeat,
    "win": _of_wazuh,
}
"""By the object that only this form has."""
