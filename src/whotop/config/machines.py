"""Every machine that the configuration knows: its own tables, inventories, hosts of ssh_config.

A name may come from several of these. The configuration's own table speaks first, then inventories
in their order, then ssh_config; tags add up. The same name twice in the configuration is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from whotop.config.address import Address, checked_host, checked_user, parse_address
from whotop.config.mail_address import checked_mail_address
from whotop.config.places import at_home
from whotop.config.ranges import MACHINES_MAX, expand
from whotop.config.settings import Defaults, MachineTable, Settings
from whotop.config.ssh_config import named_hosts
from whotop.errors import ConfigError
from whotop.model import Target

if TYPE_CHECKING:
    from whotop.config.inventory import InventoryHost

Machines = dict[str, Target]
Value = TypeVar("Value")


def configured_machines(settings: Settings, file: str = "") -> Machines:
    """All machines by name, in the order in which they were written. Raises ConfigError."""
    _check_mail(settings, file)
    machines = _own(settings, file)
    for inventory in settings.inventory:
        for target in _of_inventory(Path(inventory), settings):
            _join(machines, target)
    if settings.ssh_config_hosts:
        for name in named_hosts(Path(settings.ssh_config), settings.ssh_config_hosts):
            _join(machines, _of_ssh_config(name, settings))
    if len(machines) > MACHINES_MAX:
        raise ConfigError(f"{len(machines)} machines; at most {MACHINES_MAX} are possible", file=file)
    return {name: _with_groups(target, settings.groups) for name, target in machines.items()}


def target_at(address: Address, settings: Settings, table: Defaults | None = None) -> Target:
    """The target that an address stands for, with what ``table`` and the defaults add.

    The port is part of the name where it was written: two servers at one address are two machines.
    """
    table = table or Defaults()
    defaults = settings.defaults
    interval = table.interval_seconds if isinstance(table, MachineTable) else None
    host_keys = table.host_keys if isinstance(table, MachineTable) else None
    return Target(
        name=_name_of(address),
        host=address.host if address.port else "",
        port=address.port or _first(table.port, defaults.port, 0),
        user=address.user or _first(table.user, defaults.user, ""),
        tags=_united(defaults.tags, table.tags),
        jump=_first(table.jump, defaults.jump, ""),
        identity_files=_first(table.identity_files, defaults.identity_files, ()),
        password_environment=_first(table.password_environment, defaults.password_environment, ""),
        password_command=_first(table.password_command, defaults.password_command, ""),
        password_keyring=_first(table.password_keyring, defaults.password_keyring, ""),
        interval_seconds=interval or settings.interval_seconds,
        host_key_policy=host_keys or settings.host_keys,
        sudo=_first(table.sudo, defaults.sudo, False),
        start=_first(table.start, defaults.start, "stdin"),
        mail=_first(table.mail, defaults.mail, ""),
    )


def _check_mail(settings: Settings, file: str) -> None:
    """Every mail address, once: a table of a thousand machines has one."""
    tables = {f"machines[{number}]": table for number, table in enumerate(settings.machines)}
    for place, table in {"defaults": settings.defaults, **tables}.items():
        if not isinstance(table, str) and table.mail:
            try:
                checked_mail_address(table.mail)
            except ValueError as error:
                raise ConfigError(str(error), file=file, place=f"{place}.mail") from None


def _own(settings: Settings, file: str) -> Machines:
    machines: Machines = {}
    reached: dict[object, str] = {}
    for number, entry in enumerate(settings.machines):
        place = f"machines[{number}]"
        try:
            for target in _of_table(MachineTable(name=entry) if isinstance(entry, str) else entry, settings):
                if target.name in machines:
                    raise ValueError(f'"{target.name}" is there twice')
                twin = reached.setdefault(_way_to(target), target.name)
                if twin != target.name:
                    raise ValueError(f'"{target.name}" and "{twin}" are one machine: {target.address}')
                machines[target.name] = target
                if len(machines) > MACHINES_MAX:
                    raise ValueError(f"more than {MACHINES_MAX} machines")
        except ValueError as error:
            raise ConfigError(str(error), file=file, place=place) from None
    return machines


def _way_to(target: Target) -> object:
    return "local" if target.local else (target.host or target.name, target.port, target.jump)


def _of_table(table: MachineTable, settings: Settings) -> Iterator[Target]:
    names = expand(table.name)
    hosts = expand(table.host) if table.host else [""] * len(names)
    if len(hosts) != len(names):
        raise ValueError(f"name stands for {len(names)} machines and host for {len(hosts)}: make them as many")
    if table.local and (table.host or table.jump or len(names) > 1):
        raise ValueError("local is this very machine: it has one name, no host and no jump")
    for name, host in zip(names, hosts, strict=True):
        target = target_at(parse_address(name), settings, table)
        if host:
            target = msgspec.structs.replace(target, host=host)
        yield msgspec.structs.replace(target, local=True) if table.local else _checked(target)


def _checked(target: Target) -> Target:
    """``target``, if its parts can be what they are; none of them may mean more to ssh or a shell."""
    if target.host:
        checked_host(target.host)
    if target.user:
        checked_user(target.user)
    for hop in target.jump.split(",") if target.jump else ():
        parse_address(hop.strip())
    return target


def _of_inventory(file: Path, settings: Settings) -> Iterator[Target]:
    from whotop.config.inventory_file import read_inventory  # 10 ms that most need not pay

    for host in read_inventory(file):
        try:
            yield _checked(_of_host(host, settings))
        except ValueError as error:
            raise ConfigError(f"{host.name}: {error}", file=str(file)) from None


def _of_host(host: InventoryHost, settings: Settings) -> Target:
    table = Defaults(
        user=host.user or None,
        port=host.port or None,
        tags=host.groups,
        identity_files=(str(at_home(host.identity_file)),) if host.identity_file else None,
    )
    target = target_at(Address("", host.name, 0), settings, table)
    is_local = host.connection == "local"
    return msgspec.structs.replace(target, host="" if is_local else host.host, local=is_local)


def _of_ssh_config(name: str, settings: Settings) -> Target:
    """Only what ssh_config cannot say comes from the defaults: the rest is its own business."""
    target = target_at(Address("", name, 0), settings)
    return msgspec.structs.replace(target, user="", port=0, jump="", identity_files=())


def _join(machines: Machines, target: Target) -> None:
    known = machines.setdefault(target.name, target)
    if known is not target:
        machines[target.name] = msgspec.structs.replace(known, tags=_united(known.tags, target.tags))


def _with_groups(target: Target, groups: Mapping[str, Iterable[str]]) -> Target:
    tags = [tag for tag, patterns in groups.items() if any(fnmatchcase(target.name, each) for each in patterns)]
    return msgspec.structs.replace(target, tags=_united(target.tags, tags)) if tags else target


def _name_of(address: Address) -> str:
    if not address.port:
        return address.host
    return f"[{address.host}]:{address.port}" if ":" in address.host else f"{address.host}:{address.port}"


def _united(*tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for some in tags for tag in some))


def _first(written: Value | None, default: Value | None, otherwise: Value) -> Value:
    if written is not None:
        return written
    return otherwise if default is None else default
