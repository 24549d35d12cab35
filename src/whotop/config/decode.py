"""From a parsed TOML table to a frozen struct, with errors that name the field and the mend.

One rule beyond the obvious: a struct's ``limit_seconds: float`` is written ``limit = "5m"``, so that
code keeps its units in names and files read like prose; ``window_start_seconds`` (since 1970) is
written ``window_start = 2026-11-01T00:00:00Z``. A list may be written as its only element.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from whotop.config.durations import format_duration, parse_duration
from whotop.errors import ConfigError

Shape = TypeVar("Shape", bound=msgspec.Struct)

_SECONDS = "_seconds"
_START_SECONDS = "start_seconds"
_SECRETS = {"password", "passphrase", "ssh_password", "ansible_password", "ansible_ssh_pass"}
_KINDS = {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false"}
_KINDS |= {"array": "a list", "object": "a table", "datetime": "a date", "date": "a date", "time": "a time"}


def decode(table: Mapping[str, object], shape: type[Shape], *, file: str, place: str = "") -> Shape:
    """``table`` as a ``shape``. Raises ConfigError for the first thing that is wrong.

    ``place`` is where the table stands in ``file``: ``rules``, or nothing for the whole file.
    """
    try:
        return _struct(table, shape, place)
    except _WrongError as wrong:
        raise ConfigError(wrong.what, file=file, place=wrong.place, mend=wrong.mend) from None


class _WrongError(Exception):
    def __init__(self, place: str, what: str, mend: str = "") -> None:
        self.place, self.what, self.mend = place, what, mend
        super().__init__(what)


def _struct(table: object, shape: type[Shape], place: str) -> Shape:
    if not isinstance(table, Mapping):
        raise _WrongError(place, f"expected a table, got {_kind(table)}")
    fields = {field.name.removesuffix(_SECONDS): field for field in msgspec.structs.fields(shape)}
    values: dict[str, object] = {}
    for key, value in table.items():
        inner = f"{place}.{key}" if place else str(key)
        if key not in fields:
            raise _unknown(key, fields, inner)
        field = fields[key]
        values[field.name] = _reader(field.name)(value, field.type, inner)
    for key, field in fields.items():
        if field.required and field.name not in values:
            raise _WrongError(place, f'"{key}" is missing')
    return shape(**values)


def _reader(name: str) -> Callable[[object, Any, str], object]:
    if name.endswith(_START_SECONDS):
        return _moment
    return _duration if name.endswith(_SECONDS) else _value


def _value(value: object, kind: Any, place: str) -> object:
    kind = _arm(kind, value)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(value, kind, place)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple(value, arguments[0], place)
    if origin is dict and isinstance(value, Mapping):
        return {key: _value(item, arguments[1], f"{place}.{key}") for key, item in value.items()}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        origin, arguments = Literal, tuple(member.value for member in kind)
    if origin is Literal and value not in arguments:
        raise _WrongError(place, f"{_shown(value)} is not possible", _choice(value, arguments))
    return _leaf(value, kind, place)


def _arm(kind: Any, value: object) -> Any:
    """The member of a union that ``value`` means, by its shape alone."""
    if get_origin(kind) not in (Union, types.UnionType):
        return kind
    arms = [arm for arm in get_args(kind) if arm is not types.NoneType]
    structs = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, msgspec.Struct)]
    if isinstance(value, Mapping) and structs:
        return structs[0]
    others = [arm for arm in arms if arm not in structs]
    return others[0] if len(others) == 1 else Union[tuple(others)]  # noqa: UP007 (built from a list)


def _tuple(value: object, kind: Any, place: str) -> tuple[object, ...]:
    if isinstance(value, str):
        return (_value(value, kind, place),)
    if not isinstance(value, list):
        mend = f"write [[{place}]], with two brackets" if isinstance(value, Mapping) else ""
        raise _WrongError(place, f"expected a list, got {_kind(value)}", mend)
    return tuple(_value(item, kind, f"{place}[{number}]") for number, item in enumerate(value))


def _duration(value: object, kind: Any, place: str) -> float:
    if not isinstance(value, str):
        raise _WrongError(place, f"expected a length of time, got {_kind(value)}", mend='such as "5s" or "1h 30m"')
    try:
        seconds = parse_duration(value)
    except ValueError as error:
        raise _WrongError(place, str(error)) from None
    for limit in _limits(kind):
        if limit.ge is not None and seconds < limit.ge:
            raise _WrongError(place, f'"{value}" is too short', mend=f"at least {format_duration(limit.ge)}")
        if limit.le is not None and seconds > limit.le:
            raise _WrongError(place, f'"{value}" is too long', mend=f"at most {format_duration(limit.le)}")
    return seconds


def _moment(value: object, _kind_of_field: Any, place: str) -> float:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _WrongError(place, f"expected a time with its offset, got {_kind(value)}", "such as 2026-11-01T00:00:00Z")
    return value.timestamp()


def _limits(kind: Any) -> Iterable[msgspec.Meta]:
    if get_origin(kind) is Annotated:
        yield from (part for part in kind.__metadata__ if isinstance(part, msgspec.Meta))
    for arm in get_args(kind):
        if get_origin(arm) is Annotated:
            yield from _limits(arm)


def _leaf(value: object, kind: Any, place: str) -> object:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _WrongError(place, _in_words(str(error), value)) from None


def _in_words(message: str, value: object) -> str:
    """What msgspec says (``Expected `int` <= 65535``) in words that need no Python."""
    message = message.partition(" - at `")[0]
    if "RFC3339" in message or isinstance(value, datetime):
        return "expected a day, such as 2024-01-01"
    expected = [_KINDS.get(word, word) for word in re.findall(r"`(\w+)", message.partition(", got")[0])]
    bound = re.search(r"([<>]=) (\d+)", message)
    if bound is None:
        return f"expected {' or '.join(expected) or message}, got {_kind(value)}"
    if "of length" in message:
        return "must not be empty" if bound[1] == ">=" else f"is longer than {bound[2]} characters"
    return f"{_shown(value)} is too " + (
        f"small: at least {bound[2]}" if bound[1] == ">=" else f"large: at most {bound[2]}"
    )


def _unknown(key: str, fields: Mapping[str, object], place: str) -> _WrongError:
    if key.lower() in _SECRETS:
        mend = "use password_environment, password_command or password_keyring"
        return _WrongError(place, "secrets are never read from this file", mend)
    nearest = difflib.get_close_matches(key, fields, n=1, cutoff=0.6)
    mend = f'did you mean "{nearest[0]}"?' if nearest else "known are " + ", ".join(sorted(fields))
    return _WrongError(place, "there is no such field", mend)


def _choice(value: object, possible: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(value, possible, n=1) if isinstance(value, str) else []
    return (f'did you mean "{nearest[0]}"? ' if nearest else "") + "one of " + ", ".join(possible)


def _kind(value: object) -> str:
    name = "array" if isinstance(value, list) else "object" if isinstance(value, dict) else type(value).__name__
    return _KINDS.get(name, name)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value) if isinstance(value, int | float) else _kind(value)
