"""Ansible's YAML inventories: groups of ``hosts``, ``children`` and ``vars``, nested.

Source of the format: docs.ansible.com, collection ansible.builtin, "yaml inventory". The text is
gone through once before anything is built from it: a few hundred bytes of aliases can stand for
billions of values ("billion laughs"), and deep nesting overflows the parser's stack. What carries
a tag (``!vault``) is read as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # libyaml, where PyYAML was built with it: ten times as fast
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

from whotop.config.inventory import DEPTH_MAX, Inventory, LineError
from whotop.config.ranges import expand_inventory

VALUES_MAX = 500_000
"""More than 20,000 hosts with a dozen variables each need."""
NESTING_MAX = 4 * DEPTH_MAX


class _Loader(SafeLoader):
    pass


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def read_yaml(text: str) -> Inventory:
    """The inventory in ``text``; raises LineError."""
    try:
        _check_size(text)
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
        inventory = Inventory()
        for group, body in _mapping(document, "the file").items():
            _take_group(inventory, str(group), body)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise LineError(line, f"is no YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise LineError(0, f"is no YAML: {str(error).splitlines()[0]}") from None
    except (AttributeError, IndexError, KeyError):  # what PyYAML makes of !!int "" and the like
        raise LineError(0, "is no YAML: a value is not of the kind that its tag says") from None
    return inventory


def _check_size(text: str) -> None:
    """Refuse nesting and aliases that would cost more than any inventory is worth."""
    counts, anchors, open_anchors = [0], dict[str | None, int](), list[str | None]()
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.CollectionStartEvent):
            counts.append(1)
            open_anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            content = counts.pop()
            anchors[open_anchors.pop()] = content
            counts[-1] += content
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise LineError(line, f"*{event.anchor} stands for nothing, or for itself")
            counts[-1] += anchors[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            anchors[event.anchor] = 1
            counts[-1] += 1
        if counts[-1] > VALUES_MAX:
            raise LineError(line, f"stands for more than {VALUES_MAX} values")
        if len(counts) > NESTING_MAX:
            raise LineError(line, f"is nested more than {NESTING_MAX} deep")


def _take_group(inventory: Inventory, group: str, body: object) -> None:
    parts = _mapping(body, group)
    inventory.add_group(group)
    inventory.set_variables(group, _mapping(parts.get("vars"), f"{group}.vars"))
    for host, variables in _mapping(parts.get("hosts"), f"{group}.hosts").items():
        for name in expand_inventory(str(host)):
            inventory.add_host(group, name, _mapping(variables, f"{group}.hosts.{host}"))
    for child, child_body in _mapping(parts.get("children"), f"{group}.children").items():
        inventory.add_child(group, str(child))
        _take_group(inventory, str(child), child_body)


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise LineError(0, f"{place}: expected a mapping (name: …)")
    return value
