"""Ansible's INI inventories: ``[group]``, ``[group:children]``, ``[group:vars]``, ranges, variables.

Source of the format: docs.ansible.com, collection ansible.builtin, "ini inventory".
"""

from __future__ import annotations

import re
import shlex

from whotop.config.inventory import Inventory, LineError
from whotop.config.ranges import expand_inventory

LINE_MAX = 65_536
"""Characters: shlex takes its time for each."""
_SECTION = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:[#;].*)?")
_VARIABLE = re.compile(r"\s*([^\s:=]+)\s*=\s*(.*)")


def read_ini(text: str) -> Inventory:
    """The inventory in ``text``; raises LineError."""
    inventory = Inventory()
    group, kind = "ungrouped", "hosts"
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        try:
            if len(line) > LINE_MAX:
                raise ValueError(f"the line is longer than {LINE_MAX} characters")
            if section := _SECTION.fullmatch(line):
                group, kind = section[1], section[2] or "hosts"
                _open(inventory, group, kind)
            elif line.startswith("["):
                raise ValueError(f"{line} is no section: write [group], [group:children] or [group:vars]")
            else:
                _entry(inventory, group, kind, line)
        except ValueError as error:
            raise LineError(number, str(error)) from None
    return inventory


def _open(inventory: Inventory, group: str, kind: str) -> None:
    if kind not in {"hosts", "children", "vars"}:
        raise ValueError(f"[{group}:{kind}] is no section: write [{group}], [{group}:children] or [{group}:vars]")
    inventory.add_group(group)


def _entry(inventory: Inventory, group: str, kind: str, line: str) -> None:
    if kind == "vars":
        inventory.set_variables(group, _variable(line))
        return
    words = shlex.split(line, comments=True)
    if kind == "children":
        inventory.add_child(group, words[0])
        return
    variables = dict(_pair(word) for word in words[1:])
    for name in expand_inventory(words[0]):
        inventory.add_host(group, name, variables)


def _variable(line: str) -> dict[str, object]:
    match = _VARIABLE.fullmatch(line)
    if match is None:
        raise ValueError(f'"{line}" is no variable: write name=value')
    return {match[1]: "".join(shlex.split(match[2], comments=True)[:1])}


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise ValueError(f'"{word}" is no variable: after a host come name=value pairs')
    return name, value
