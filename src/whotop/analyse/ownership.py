"""Whose records a file holds: what the user says, what its lines or rows name, or what the file is called."""

from __future__ import annotations

import platform
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from whotop.errors import InputError
from whotop.text import safe

STANDARD_INPUT = "-"

_SYSTEM_FOLDERS = frozenset({"/var/log", "/run", "/var/run", "/var/lib/wtmpdb", "/var/log/journal"})
_ENDING = re.compile(
    r"(?:\.(?:gz|xz|bz2|zst|\d{1,3}|log|jsonl?|ndjson|export|txt|out|csv|tsv|db|evtx|xml|old|bak|orig|copy|save)|~"
    r"|-\d{8}(?:T\d+)?)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:^|[^\d.])\d{1,3}(?:\.\d{1,3}){3}$")
"""Its last number is not that of a rotated copy."""
_KIND = (
    "(?:wtmpx?|btmpx?|utmpx?|utmpdump|utx|lastb?|lastlog|auth|secure|messages|syslog|sshd?|journal|loginctl|who|events?"
    "|security|active|log|export|wtmpdb)"
)
_KIND_BEFORE = re.compile(rf"^(?:{_KIND}(?:[._-]+|$))+", re.IGNORECASE)
_KIND_BEHIND = re.compile(rf"(?:(?:^|[._-]+){_KIND})+$", re.IGNORECASE)


class Ownership:
    """Answers for a report, where a guess does no harm."""

    def __init__(self) -> None:
        self._hosts: defaultdict[str, list[str]] = defaultdict(list)
        """The machines that the logs of each folder name."""

    def of_file(self, path: str) -> str:
        """The machine whose records a file holds that names none: its name tells, a log beside it, or its folder."""
        if path == STANDARD_INPUT:
            return "standard input"
        file = Path(path).absolute()
        return self._told(path) or _named_by_folder(file.parent.name) or safe(file.name, 64)

    def of_host(self, path: str, host: str) -> str:
        """The machine that a file calls ``host``, which may be empty.

        The log of the system's own folder is this computer's, by whichever of its names.
        """
        if not host:
            return self.of_file(path)
        self._learn(path, host)
        own = platform.node()
        return own if _is_our_own(path) and _first_label(host) == _first_label(own) else host

    def _told(self, path: str) -> str:
        """The machine that is told without a guess; empty: none is."""
        if _is_our_own(path):
            return platform.node()
        hosts = self._hosts.get(_folder(path), ())
        return _named_by_file(Path(path).name) or (hosts[0] if len(hosts) == 1 else "")

    def _learn(self, path: str, host: str) -> list[str]:
        """All machines that the logs of a file's folder name by now, this one too."""
        hosts = self._hosts[_folder(path)]
        if host not in hosts and not any(_are_one(host, other) for other in hosts):
            hosts.append(host)
        return hosts


class StrictOwnership(Ownership):
    """Answers for what is kept, and so refuses to guess. ``machine`` is what the user says."""

    def __init__(self, machine: str = "") -> None:
        super().__init__()
        self._machine = machine

    def of_file(self, path: str) -> str:
        """Raises InputError where nothing tells."""
        told = self._machine or self._told(path)
        if told:
            return told
        hosts = self._hosts.get(_folder(path), ())
        why = f" (the logs beside it name {hosts[0]} and {hosts[1]})" if hosts else ""
        raise InputError(f"nothing in it tells whose records these are{why}: say --machine NAME", file=path)

    def of_host(self, path: str, host: str) -> str:
        """Raises InputError where one name is given to several machines."""
        if not self._machine or not host:
            return super().of_host(path, host)
        hosts = self._learn(path, host)
        if len(hosts) > 1:
            raise InputError(f"names several machines, {hosts[0]} and {hosts[1]}: --machine names one", file=path)
        return self._machine


def _named_by_file(name: str) -> str:
    """The machine that a file is called after: ``web-01.wtmp``, ``auth-10.0.0.5.log.1.gz``; empty: none."""
    whole = _without_endings(name)
    named = _KIND_BEHIND.sub("", whole)
    rest = _KIND_BEFORE.sub("", named).strip("._-")
    if any(map(str.isalpha, rest)) or _ADDRESS.search(rest):
        return safe(rest, 64)
    # A number alone counts files (``auth-2.log``), unless the kind stands behind it as well: ``event-01.wtmp``.
    return safe(named.strip("._-"), 64) if named != whole else ""


def _without_endings(name: str) -> str:
    while not _ADDRESS.search(name) and (shorter := _ENDING.sub("", name)) != name:
        name = shorter
    return name


def _named_by_folder(name: str) -> str:
    """The machine that a folder is called after; empty where it only says what it holds."""
    return safe(name, 64) if _KIND_BEHIND.sub("", _without_endings(name)) else ""


def _is_our_own(path: str) -> bool:
    return path != STANDARD_INPUT and _folder(path) in _SYSTEM_FOLDERS


@lru_cache(maxsize=1024)
def _folder(path: str) -> str:
    """Where a file is; what is piped in stands beside nothing."""
    return path if path == STANDARD_INPUT else str(Path(path).absolute().parent)


def _are_one(host: str, other: str) -> bool:
    """Whether one is the short form of the other."""
    return host.lower() == _first_label(other) or other.lower() == _first_label(host)


def _first_label(host: str) -> str:
    return host.partition(".")[0].lower()
