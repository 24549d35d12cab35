"""An event of a Windows log, whatever it was written in: XML, JSON, or the lines of our own probe.

The fields are those of the event schema of Windows (schemas.microsoft.com/win/2004/08/events/event).
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Mapping

import msgspec

from whotop.parse.received import Received, received
from whotop.text import safe

SECURITY = "Security"
VALUE_CHARACTERS = 1024
"""What is kept of one value; names are shorter, and nobody shall fill our memory with longer ones."""
LATEST_US = 2**53

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?(?: ?UTC)?", re.ASCII
)
_FOR_PEOPLE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))? ([AP])M", re.ASCII)
_DATE = re.compile(r"/Date\((\d{1,16})(?:[+-]\d{4})?\)/", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,20}|0[xX][0-9a-fA-F]{1,16}", re.ASCII)


class WindowsEvent(msgspec.Struct, frozen=True, gc=False):
    """One event, as it was written."""

    id: int
    time_us: int
    record: int = 0
    """EventRecordID within its log; 0 unknown."""
    provider: str = ""
    channel: str = ""
    computer: str = ""
    data: Mapping[str, str] = {}
    """What EventData or UserData names; values without a name are called ``1``, ``2``…"""
    sshd: bool = False
    """The probe has seen that the logon is one of OpenSSH's."""

    def value(self, name: str) -> str:
        """Give a value of the data; a dash stands for none."""
        value = self.data.get(name, "").strip(" \0")
        return "" if value == "-" else value

    def name(self, name: str) -> Received:
        """Give a value of the data made safe to show."""
        return received(self.value(name).encode("utf-8", "surrogatepass"))

    @property
    def record_id(self) -> str:
        """What tells the event from all others of its machine; empty where it has no number."""
        return f"{safe(self.channel) or SECURITY}:{self.record}" if self.record else ""

    def number(self, name: str) -> int:
        """Give a number of the data, decimal or ``0x…``; -1 if it is none."""
        return number(self.value(name))


def number(text: str) -> int:
    """Give a whole number, decimal or ``0x…``; -1 if it is none."""
    if not _NUMBER.fullmatch(text):
        return -1
    return int(text, 16) if text[:2] in ("0x", "0X") else int(text)


def time_us(text: str) -> int:
    """Give a moment in µs, UTC where it names no offset; 0 if it is none.

    Forms: ``2020-01-21T12:45:56.1234567Z`` (100 ns steps), ``/Date(1579610756123)/``, ``1/21/2020 12:45:56 PM``.
    """
    date = _DATE.fullmatch(text)
    if date:
        return _within(int(date[1]) * 1000)
    found = _TIME.fullmatch(text) or _TIME.fullmatch(_from_american(text))
    if not found:
        return 0
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61 and year >= 1970):
        return 0
    micro = int((found[7] or "0").ljust(6, "0")[:6])
    seconds = timegm((year, month, day, hour, minute, second)) - _offset_seconds(found[8])
    return _within(seconds * 1_000_000 + micro)


def _from_american(text: str) -> str:
    found = _FOR_PEOPLE.fullmatch(text)
    if found is None:
        return ""
    month, day, year, hour, minute, second, fraction, half = found.groups()
    hour_of_day = int(hour) % 12 + 12 * (half == "P")
    return f"{year}-{month:0>2}-{day:0>2} {hour_of_day:02}:{minute}:{second}.{fraction or 0}"


def _offset_seconds(text: str | None) -> int:
    if not text or text == "Z":
        return 0
    seconds = int(text[1:3]) * 3600 + int(text[-2:]) * 60
    return -seconds if text[0] == "-" else seconds


def _within(moment_us: int) -> int:
    return moment_us if 0 < moment_us <= LATEST_US else 0
