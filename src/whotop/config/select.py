"""Which machines the words on the command line mean.

``@tag`` and globs choose among the configured machines; a name is the configured machine of that
name, else a machine at that address; a range is each of its names. ``user@`` and ``:port`` given
on the command line win over what is configured.
"""

from __future__ import annotations

import fnmatch
import socket
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from whotop.config.address import parse_address, split_user
from whotop.config.machines import target_at
from whotop.config.ranges import MACHINES_MAX, expand
from whotop.config.settings import Settings
from whotop.errors import UsageError
from whotop.model import Target

LONGEST = 512
"""Characters: a user's name, a host's and a port have fewer."""


def select_machines(words: Iterable[str], machines: Mapping[str, Target], settings: Settings) -> tuple[Target, ...]:
    """The machines that ``words`` mean, each once, in the order of the words.

    No words: all that are configured; none of those: this machine. Raises UsageError.
    """
    chosen: dict[str, Target] = {}
    for word in words:
        try:
            for target in _meant(word, machines, settings):
                _add(chosen, target)
        except ValueError as error:
            raise UsageError(str(error)) from None
    return tuple(chosen.values() if chosen else machines.values()) or (this_machine(settings),)


def this_machine(settings: Settings) -> Target:
    """The machine that whotop runs on, watched without SSH."""
    name = socket.gethostname() or "localhost"
    return Target(name=name, local=True, interval_seconds=settings.interval_seconds)


def _add(chosen: dict[str, Target], target: Target) -> None:
    before = chosen.setdefault(target.name, target)
    if before != target:
        raise ValueError(f'"{target.name}" is named twice, as {before.address} and as {target.address}')
    if len(chosen) > MACHINES_MAX:
        raise ValueError(f"more than {MACHINES_MAX} machines")


def _meant(word: str, machines: Mapping[str, Target], settings: Settings) -> Iterator[Target]:
    if word.startswith("@"):
        yield from _tagged(word[1:], machines)
        return
    for text in expand(word):
        if len(text) > LONGEST:
            raise ValueError(f'"{text[:80]}…" is no machine: it is too long')
        user, name = split_user(text)
        if name in machines:
            yield _with(machines[name], user, 0)
        elif _is_glob(name):
            yield from (_with(target, user, 0) for target in _matching(name, machines))
        else:
            address = parse_address(text)
            known = machines.get(address.host)
            yield _with(known, user, address.port) if known else target_at(address, settings)


def _tagged(tag: str, machines: Mapping[str, Target]) -> list[Target]:
    found = [target for target in machines.values() if tag in target.tags]
    if not found:
        known = sorted({each for target in machines.values() for each in target.tags})
        raise ValueError(f"no machine is tagged {tag}; " + (f"tags are {_few(known)}" if known else "none has a tag"))
    return found


def _matching(pattern: str, machines: Mapping[str, Target]) -> list[Target]:
    found = [target for name, target in machines.items() if fnmatch.fnmatchcase(name, pattern)]
    if not found:
        known = f"they are {_few(list(machines))}" if machines else "none is configured"
        raise ValueError(f'no configured machine matches "{pattern}"; {known}')
    return found


def _is_glob(name: str) -> bool:
    return "*" in name or "?" in name or ("[" in name and ":" not in name)


def _few(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _with(target: Target, user: str, port: int) -> Target:
    if not user and not port:
        return target
    return msgspec.structs.replace(target, user=user or target.user, port=port or target.port)
