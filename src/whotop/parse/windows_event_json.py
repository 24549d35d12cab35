"""Events of Windows as JSON, in the shapes that programs export them in.

- our own probe: ``{"id", "record", "time", "provider", "channel", "computer", "data": {…}}``
- evtx_dump and the evtx library: ``{"Event": {"System": {…}, "EventData": {…}}}``, attributes under ``#attributes``;
  XML that was turned into JSON as it is: attributes as ``@Name``, and EventData as a list of them
- ``Get-WinEvent | ConvertTo-Json``: ``Id``, ``RecordId``, ``TimeCreated``, and ``Properties`` without names
- Winlogbeat: ``{"winlog": {"event_id", "event_data": {…}}}``
- NXLog and others that write all fields flat beside ``EventID``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whotop.parse.windows_event import VALUE_CHARACTERS, WindowsEvent, number, time_us
from whotop.parse.windows_fields import named

Fields = Mapping[str, object]


def json_event(value: object) -> WindowsEvent | None:
    """Read one decoded object; None if it is no event in a shape that we know."""
    if not isinstance(value, Mapping):
        return None
    if "id" in value and "data" in value:
        return _of_probe(value)
    if isinstance(value.get("Event"), Mapping):
        return _of_evtx(_fields(value["Event"]))
    if isinstance(value.get("winlog"), Mapping):
        return _of_winlogbeat(value, _fields(value["winlog"]))
    if "Properties" in value and "Id" in value:
        return _of_powershell(value)
    return _of_flat(value) if "EventID" in value else None


def _of_probe(value: Fields) -> WindowsEvent | None:
    return _event(
        value.get("id"),
        value.get("time"),
        value.get("record"),
        value.get("provider"),
        value.get("channel"),
        value.get("computer"),
        _texts(value.get("data")),
        sshd=value.get("sshd") is True,
    )


def _of_evtx(event: Fields) -> WindowsEvent | None:
    system = _fields(event.get("System"))
    event_id = _content(system.get("EventID"))
    return _event(
        event_id,
        _attribute(system, "TimeCreated", "SystemTime"),
        _content(system.get("EventRecordID")),
        _attribute(system, "Provider", "Name"),
        _content(system.get("Channel")),
        _content(system.get("Computer")),
        _evtx_data(event, _number(event_id)),
    )


def _evtx_data(event: Fields, event_id: int) -> dict[str, str]:
    """EventData names its values; where it does not, they are a list under ``Data``."""
    data = event.get("EventData")
    if isinstance(data, Mapping):
        unnamed = data.get("Data")
        unnamed = unnamed.get("#text") if isinstance(unnamed, Mapping) else unnamed
        if isinstance(unnamed, list):
            return _listed(event_id, unnamed)
        return _texts(data)
    user_data = event.get("UserData")
    if isinstance(user_data, Mapping):
        return {name: text for part in user_data.values() for name, text in _texts(part).items()}
    return {}


def _listed(event_id: int, values: list[object]) -> dict[str, str]:
    """Values of EventData one after the other: each with its name, or all without."""
    names = [_text(_fields(value).get("@Name")) for value in values]
    if not any(names):
        return named(event_id, [_text(value) for value in values])
    return {name: _text(_content(value)) for name, value in zip(names, values, strict=True)}


def _of_powershell(value: Fields) -> WindowsEvent | None:
    properties = value.get("Properties")
    values = [_fields(item).get("Value") for item in properties] if isinstance(properties, list) else []
    created = value.get("TimeCreated")
    return _event(
        value.get("Id"),
        _fields(created).get("value", _fields(created).get("DateTime")) if isinstance(created, Mapping) else created,
        value.get("RecordId"),
        value.get("ProviderName"),
        value.get("LogName"),
        value.get("MachineName"),
        named(_number(value.get("Id")), [_property(item) for item in values]),
    )


def _property(value: object) -> str:
    """A value of a list; a SID is an object that holds its text."""
    return _text(value.get("Value")) if isinstance(value, Mapping) else _text(value)


def _of_winlogbeat(value: Fields, winlog: Fields) -> WindowsEvent | None:
    return _event(
        winlog.get("event_id", _fields(value.get("event")).get("code")),
        value.get("@timestamp"),
        winlog.get("record_id"),
        winlog.get("provider_name"),
        winlog.get("channel"),
        winlog.get("computer_name"),
        _texts(winlog.get("event_data")) or _texts(winlog.get("user_data")),
    )


def _of_flat(value: Fields) -> WindowsEvent | None:
    """All in one level. Times without an offset are taken for UTC."""
    return _event(
        value.get("EventID"),
        next((value[name] for name in ("EventTime", "TimeCreated", "SystemTime", "@timestamp") if name in value), ""),
        value.get("RecordNumber", value.get("EventRecordID")),
        value.get("SourceName", value.get("Provider")),
        value.get("Channel"),
        value.get("Computer", value.get("Hostname")),
        _texts(value),
    )


def _event(
    event_id: object,
    moment: object,
    record: object,
    provider: object,
    channel: object,
    computer: object,
    data: dict[str, str],
    *,
    sshd: bool = False,
) -> WindowsEvent | None:
    moment_us, known_id = time_us(_text(moment)), _number(event_id)
    if known_id < 0 or not moment_us:
        return None
    return WindowsEvent(
        id=known_id,
        time_us=moment_us,
        record=max(_number(record), 0),
        provider=_text(provider),
        channel=_text(channel),
        computer=_text(computer),
        data=data,
        sshd=sshd,
    )


def _fields(value: object) -> Fields:
    return value if isinstance(value, Mapping) else {}


def _content(value: object) -> object:
    """What an element holds; with attributes it is an object, and that its ``#text``."""
    return value.get("#text") if isinstance(value, Mapping) else value


def _attribute(system: Fields, element: str, name: str) -> object:
    """An attribute of an element, in either of the two ways in which evtx_dump writes them, or as ``@Name``."""
    apart = system.get(f"{element}_attributes")
    within = _fields(system.get(element))
    attributes = _fields(apart if isinstance(apart, Mapping) else within.get("#attributes"))
    return attributes.get(name, within.get(f"@{name}"))


def _number(value: object) -> int:
    return number(_text(value))


def _texts(value: object) -> dict[str, str]:
    return {name: _text(item) for name, item in _fields(value).items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value[:VALUE_CHARACTERS]
    if isinstance(value, bool) or value is None or isinstance(value, Mapping | Sequence):
        return ""
    return str(value) if isinstance(value, int) and abs(value) < 2**64 else ""
