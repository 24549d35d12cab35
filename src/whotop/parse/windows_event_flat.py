"""Events of Windows whose fields all stand in one level: NXLog, Splunk, Sentinel, EvtxECmd, rows of a table.

Each program has names of its own for the same few system fields. The values of the data stand beside
them, below ``EventData``, in a ``Payload`` that is JSON itself (EvtxECmd), or are only told by the
message that Windows shows to people. Times without an offset are taken for UTC.
"""

from __future__ import annotations

import msgspec

from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_parts import Fields, event_of, fields_in, number_in, text_in, texts_in
from whotop.parse.windows_message import message_data

ID_NAMES = ("EventID", "EventId", "EventCode", "Event ID", "event_id", "Id")
_TIME_NAMES = (
    "EventTime",
    "TimeCreated",
    "SystemTime",
    "@timestamp",
    "TimeGenerated",
    "TimeGenerated [UTC]",
    "UtcTime",
    "timestamp",
    "Timestamp",
    "Date and Time",
    "Date",
    "_time",
    "time",
)
_RECORD_NAMES = ("EventRecordID", "EventRecordId", "RecordNumber", "RecordId", "Record Number")
_PROVIDER_NAMES = ("SourceName", "Provider", "ProviderName", "Source", "provider")
_CHANNEL_NAMES = ("Channel", "LogName", "Log Name", "channel")
_COMPUTER_NAMES = (
    "Computer",
    "Hostname",
    "HostName",
    "ComputerName",
    "MachineName",
    "computer_name",
    "computer",
    "hostname",
)
_MESSAGE_NAMES = ("Message", "message", "Description")
MESSAGE_CHARACTERS = 16_384

_decode = msgspec.json.Decoder(dict[str, object]).decode


def flat_event(value: Fields) -> WindowsEvent | None:
    """Read one object; None if it has no number of an event, or no time."""
    event_id = _first(value, ID_NAMES)
    if event_id is None:
        return None
    return event_of(
        event_id,
        _first(value, _TIME_NAMES),
        _first(value, _RECORD_NAMES),
        _first(value, _PROVIDER_NAMES),
        _first(value, _CHANNEL_NAMES),
        _first(value, _COMPUTER_NAMES),
        _data(value, number_in(event_id)),
    )


def _first(value: Fields, names: tuple[str, ...]) -> object:
    return next((value[name] for name in names if value.get(name) not in (None, "")), None)


def _data(value: Fields, event_id: int) -> dict[str, str]:
    data = texts_in(value) | texts_in(value.get("EventData")) | _payload(value.get("Payload"))
    if data.get("TargetUserName") or data.get("AccountName"):
        return data
    message = _first(value, _MESSAGE_NAMES)
    return data | message_data(event_id, message[:MESSAGE_CHARACTERS]) if isinstance(message, str) else data


def _payload(text: object) -> dict[str, str]:
    """EvtxECmd's: the data of the event as JSON, its values with their names as attributes."""
    if not isinstance(text, str):
        return {}
    try:
        values = fields_in(_decode(text).get("EventData")).get("Data")
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    fields = map(fields_in, values) if isinstance(values, list) else ()
    return {text_in(field.get("@Name")): text_in(field.get("#text")) for field in fields}
