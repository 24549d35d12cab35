"""What every export of a Windows event is made of: its system fields and the named values of its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whotop.parse.windows_event import VALUE_CHARACTERS, WindowsEvent, number, time_us

Fields = Mapping[str, object]

_AUDITING = {"microsoft windows security auditing.": "Microsoft-Windows-Security-Auditing"}
"""What viewers call a provider, which have its title instead of its name."""


def event_of(
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
    """Make an event of what an export says; None without a number or a moment."""
    moment_us, known_id = _moment_us(moment), number_in(event_id)
    if known_id < 0 or not moment_us:
        return None
    name = text_in(provider)
    return WindowsEvent(
        id=known_id,
        time_us=moment_us,
        record=max(number_in(record), 0),
        provider=_AUDITING.get(name.lower(), name),
        channel=text_in(channel),
        computer=text_in(computer),
        data=data,
        sshd=sshd,
    )


def fields_in(value: object) -> Fields:
    """An object's fields; none of what is no object."""
    return value if isinstance(value, Mapping) else {}


def texts_in(value: object) -> dict[str, str]:
    """An object's fields as texts."""
    return {name: text_in(item) for name, item in fields_in(value).items()}


def text_in(value: object) -> str:
    """A text or a whole number as text; anything else is none."""
    if isinstance(value, str):
        return value[:VALUE_CHARACTERS]
    if isinstance(value, bool) or value is None or isinstance(value, Mapping | Sequence):
        return ""
    return str(value) if isinstance(value, int) and abs(value) < 2**64 else ""


def number_in(value: object) -> int:
    """A whole number, however it is written; -1 for anything else."""
    return number(text_in(value))


def _moment_us(value: object) -> int:
    """A time as text, or as seconds since 1970 with a fraction."""
    if isinstance(value, float) and 0 < value < 2**33:
        return int(value * 1_000_000)
    return time_us(text_in(value))
