"""The list of all rules, with their settings and where these come from."""

from __future__ import annotations

import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from whotop.config.durations import format_duration
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import PLACES, RuleTable, Scope
from whotop.text import safe

_INDENT = " " * 20
_TIED = "\N{NO-BREAK SPACE}"
"""Where no line ends."""
_LISTED = 6
"""So many of a list are shown."""
_SHOWN_OTHERWISE = ("on", "scopes")


def rules_text(settings: RuleSettings, written: Mapping[str, object], file: str, width: int = 100) -> str:
    """For people; ``written`` is the ``[rules]`` table of ``file`` as it was read."""
    lines = [f"* set in {safe(file)}" if written else "all as whotop has it: no configuration says otherwise"]
    star = "*" if "reopen" in written else ""
    lines += [f"{'reopen':15}{star or ' '}{format_duration(settings.reopen_seconds)}", ""]
    for name, table in settings.tables().items():
        for head, text in _rule_lines(name, table, _written_of(written, name)):
            lines += _wrapped(head, text, width)
    return "\n".join(lines) + "\n"


def rules_json(settings: RuleSettings, written: Mapping[str, object], file: str) -> str:
    """For programs: the same, each setting with where it comes from."""
    rules = [_rule_entry(name, table, _written_of(written, name)) for name, table in settings.tables().items()]
    page = {"file": file or None, "reopen": format_duration(settings.reopen_seconds), "rules": rules}
    return json.dumps(page, indent=2) + "\n"


def summary(table: RuleTable) -> str:
    """What the rule finds: the first sentence of what its table says of itself."""
    return (inspect.getdoc(table) or "").partition("\n")[0].partition(". ")[0].removesuffix(".")


def _rule_lines(name: str, table: RuleTable, written: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What stands at the left, and the text beside it."""
    state = f"{'on' if table.on else 'off'}{'*' if 'on' in written else ''}"
    yield f"{name:15}{state:5}", summary(table)
    settings = [f"{key}{'*' if key in written else ''} = {_text(value)}" for key, value in _settings(table)]
    yield _INDENT, "  ".join(setting.replace(" ", _TIED) for setting in settings)
    for scope in table.scopes:
        yield _INDENT, f"* {_places_text(scope)}: {_changes_text(scope)}"


def _wrapped(head: str, text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, width, initial_indent=head, subsequent_indent=_INDENT)
    return [line.replace(_TIED, " ") for line in lines]


def _rule_entry(name: str, table: RuleTable, written: Mapping[str, object]) -> dict[str, Any]:
    settings = dict(_settings(table))
    return {
        "name": name,
        "what": summary(table),
        "on": table.on,
        "settings": {
            key: {"value": value, "from": "file" if key in written else "default"}
            for key, value in ({"on": table.on} | settings).items()
        },
        "scopes": [
            {place: list(getattr(scope, place)) for place in PLACES if getattr(scope, place)}
            | {"changes": {_key(field): _plain(field, value) for field, value in scope.changes.items()}}
            for scope in table.scopes
        ],
    }


def _settings(table: RuleTable) -> Iterator[tuple[str, object]]:
    """Each setting but those that are shown in another way, as it is written."""
    own = type(table).__annotations__
    fields = [field for field in table.__struct_fields__ if field not in _SHOWN_OTHERWISE]
    for field in sorted(fields, key=lambda field: field not in own):
        yield _key(field), _plain(field, getattr(table, field))


def _key(field: str) -> str:
    return field.removesuffix("_seconds")


def _plain(field: str, value: Any) -> object:
    if field.endswith("start_seconds"):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%dT%H:%M:%SZ}"
    if field.endswith("_seconds"):
        return format_duration(value)
    return list(value) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    """As it is written in the file, but for what is long."""
    if isinstance(value, list):
        shown = ", ".join(map(_text, value[:_LISTED]))
        return f"[{shown}{', …' if len(value) > _LISTED else ''}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, int | float) else f'"{safe(str(value))}"'


def _places_text(scope: Scope) -> str:
    return ", ".join(f"{place} = {_text(list(names))}" for place in PLACES if (names := getattr(scope, place)))


def _changes_text(scope: Scope) -> str:
    return ", ".join(f"{_key(field)} = {_text(_plain(field, value))}" for field, value in scope.changes.items())


def _written_of(written: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = written.get(name, {})
    return table if isinstance(table, Mapping) else {}
