"""The ``[rules]`` table: each rule's own, and ``[[rules.NAME.scopes]]`` where it is set differently.

A scope is written with the fields of its rule's table, and checked as that table is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import msgspec
from msgspec.structs import replace

from whotop.config.decode import decode
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import PLACES, RuleTable, Scope
from whotop.errors import ConfigError


class Places(msgspec.Struct, frozen=True):
    """What a scope names."""

    machines: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def decode_rules(table: Mapping[str, object], *, file: str) -> RuleSettings:
    """The ``[rules]`` table of ``file``. Raises ConfigError for the first thing that is wrong."""
    bare = {name: _without_scopes(value) for name, value in table.items()}
    settings = decode(bare, RuleSettings, file=file, place="rules")
    scoped: dict[str, RuleTable] = {}
    for name, rule in settings.tables().items():
        written = table.get(name)
        if isinstance(written, Mapping):
            _check(rule, f"rules.{name}", file)
            scopes = written.get("scopes", [])
            scoped[name] = replace(rule, scopes=_scopes(scopes, rule, f"rules.{name}.scopes", file))
    return replace(settings, **scoped)


def _without_scopes(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {field: written for field, written in value.items() if field != "scopes"}


def _scopes(written: object, rule: RuleTable, place: str, file: str) -> tuple[Scope, ...]:
    if not isinstance(written, list):
        _refuse("expected a list of tables", place, file, f"write [[{place}]], with two brackets")
    return tuple(_scope(scope, rule, f"{place}[{number}]", file) for number, scope in enumerate(written))


def _scope(written: object, rule: RuleTable, place: str, file: str) -> Scope:
    if not isinstance(written, Mapping):
        _refuse("expected a table", place, file)
    places = {field: value for field, value in written.items() if field in PLACES}
    for field in places:
        if field not in rule.scoped_by:
            _refuse("this rule cannot tell them apart", f"{place}.{field}", file, f"it knows {_listed(rule.scoped_by)}")
    named = decode(places, Places, file=file, place=place)
    if not any((named.machines, named.users, named.sources)):
        _refuse("it names no place", place, file, f"add {' or '.join(rule.scoped_by)}")
    _check_sources(named.sources, f"{place}.sources", file)
    changes = _changes(written, rule, place, file)
    _check(replace(rule, **changes), place, file)
    return Scope(machines=named.machines, users=named.users, sources=named.sources, changes=changes)


def _changes(written: Mapping[str, object], rule: RuleTable, place: str, file: str) -> dict[str, object]:
    """What the scope changes, by the names of the struct's fields."""
    changed = {field: value for field, value in written.items() if field not in PLACES}
    if not changed:
        _refuse("it changes nothing", place, file, 'add a field of the rule, such as "on = false"')
    if "scopes" in changed:
        _refuse("a scope has no scopes of its own", f"{place}.scopes", file)
    decoded = decode(changed, type(rule), file=file, place=place)
    changes: dict[str, object] = {}
    for field in rule.__struct_fields__:
        key = field.removesuffix("_seconds")
        if key in changed and field in rule.fleet_wide:
            _refuse("holds for the whole fleet", f"{place}.{key}", file, "set it in the rule's own table")
        if key in changed:
            changes[field] = getattr(decoded, field)
    return changes


def _check(rule: RuleTable, place: str, file: str) -> None:
    for field, what in rule.faults():
        _refuse(what, f"{place}.{field}", file)


def _check_sources(sources: tuple[str, ...], place: str, file: str) -> None:
    if not sources:
        return
    from whotop.core.networks import Networks  # 5 ms for ipaddress that most need not pay

    for number, source in enumerate(sources):
        try:
            Networks([source])
        except ValueError as error:
            _refuse(str(error), f"{place}[{number}]", file)


def _refuse(what: str, place: str, file: str, mend: str = "") -> NoReturn:
    raise ConfigError(what, file=file, place=place, mend=mend)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
