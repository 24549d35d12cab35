"""An Ansible inventory once read: groups, their children and variables, and what follows for a host.

Only the variables that say how to reach a machine are kept (docs.ansible.com, "Connecting to hosts:
behavioral inventory parameters"); passwords and everything else are not even looked at. Variables
apply from the outside in: ``all``, then parents, then children, then the host's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from whotop.config.address import parse_address

DEPTH_MAX = 64
HOSTS_MAX = 20_000
MEMBERSHIPS_MAX = 500_000
"""Of hosts in groups, those around them counted as well: 20,000 hosts in 25 groups each."""

_NAMES = {
    "ansible_host": "host",
    "ansible_ssh_host": "host",
    "ansible_port": "port",
    "ansible_ssh_port": "port",
    "ansible_user": "user",
    "ansible_ssh_user": "user",
    "ansible_ssh_private_key_file": "identity_file",
    "ansible_private_key_file": "identity_file",
    "ansible_connection": "connection",
}


class LineError(ValueError):
    """An inventory is wrong in ``line``, counted from 1; 0 where that is not known."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(what)


@dataclass(frozen=True)
class InventoryHost:
    """One host, with every group that it belongs to."""

    name: str
    groups: tuple[str, ...]
    host: str = ""
    port: int = 0
    user: str = ""
    identity_file: str = ""
    connection: str = "ssh"


@dataclass
class _Group:
    hosts: dict[str, None] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


class Inventory:
    """Filled by a reader, then asked for its hosts. Its errors are ValueErrors of one clear line."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {"all": _Group()}
        self._hosts: dict[str, dict[str, str]] = {}

    def add_group(self, group: str) -> None:
        """Make ``group`` known."""
        self._groups.setdefault(group, _Group())

    def add_host(self, group: str, host: str, variables: Mapping[str, object]) -> None:
        """Put ``host`` (with ``:port`` or without) into ``group``; variables of several mentions add up."""
        _, name, port = parse_address(host)
        self.add_group(group)
        self._groups[group].hosts[name] = None
        own = self._hosts.setdefault(name, {})
        if port:
            own["port"] = str(port)
        own.update(_kept(variables))
        if len(self._hosts) > HOSTS_MAX:
            raise ValueError(f"more than {HOSTS_MAX} hosts")

    def add_child(self, group: str, child: str) -> None:
        """Make all of ``child`` belong to ``group``."""
        self.add_group(group)
        self.add_group(child)
        self._groups[group].children[child] = None

    def set_variables(self, group: str, variables: Mapping[str, object]) -> None:
        """Variables for every host of ``group``."""
        self.add_group(group)
        self._groups[group].variables.update(_kept(variables))

    def hosts(self) -> Iterator[InventoryHost]:
        """Every host, in the order of its first mention."""
        depths = self._depths()
        parents = self._groups_of_hosts()
        for name, own in self._hosts.items():
            groups = sorted(parents.get(name, {}), key=lambda group: (depths[group], group))
            variables = dict(self._groups["all"].variables)
            for group in groups:
                variables.update(self._groups[group].variables)
            yield _host(name, groups, variables | own)

    def _depths(self) -> dict[str, int]:
        """How far below the outermost groups each one stands, by the longest way."""
        depths = dict.fromkeys(self._groups, 0)
        for _ in range(DEPTH_MAX):
            changed = False
            for group, content in self._groups.items():
                for child in content.children:
                    if depths[child] <= depths[group]:
                        depths[child] = depths[group] + 1
                        changed = True
            if not changed:
                return depths
        raise ValueError(f"its groups go more than {DEPTH_MAX} deep: is one of them its own child?")

    def _groups_of_hosts(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        left = MEMBERSHIPS_MAX
        for group in self._groups:
            for member in self._within(group):
                left -= len(self._groups[member].hosts)
                if left < 0:
                    raise ValueError(f"its hosts are in more than {MEMBERSHIPS_MAX} groups, all counted together")
                for host in self._groups[member].hosts:
                    found.setdefault(host, set()).add(group)
        return found

    def _within(self, group: str) -> set[str]:
        inside, waiting = {group}, [group]
        while waiting:
            for child in self._groups[waiting.pop()].children:
                if child not in inside:
                    inside.add(child)
                    waiting.append(child)
        return inside


def _kept(variables: Mapping[str, object]) -> dict[str, str]:
    return {_NAMES[name]: str(value) for name, value in variables.items() if name in _NAMES and value is not None}


def _host(name: str, groups: list[str], variables: Mapping[str, str]) -> InventoryHost:
    for variable, value in variables.items():
        if "{{" in value or "{%" in value:
            raise ValueError(f"{name}: the {variable} is a template ({value}); only plain values can be read")
    port = variables.get("port", "0")
    port = port.lstrip("0") or "0"
    if not port.isdecimal() or len(port) > 5 or int(port) > 65_535:
        raise ValueError(f'{name}: "{port}" is no port')
    return InventoryHost(
        name,
        tuple(group for group in groups if group not in {"all", "ungrouped"}),
        host=variables.get("host", ""),
        port=int(port),
        user=variables.get("user", ""),
        identity_file=variables.get("identity_file", ""),
        connection=variables.get("connection", "ssh"),
    )
