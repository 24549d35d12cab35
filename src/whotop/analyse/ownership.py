"""Whose records a file holds: what the user says, what its lines or rows name, or what the file is called."""

from __future__ import annotations

import platform
import re
from pathlib import Path

from whotop.errors import InputError
from whotop.text import safe

STANDARD_INPUT = "-"

_SYSTEM_FOLDERS = frozenset({"/var/log", "/run", "/var/run", "/var/lib/wtmpdb", "/var/log/journal"})
_ENDING = re.compile(
    r"(?:\.(?:gz|xz|bz2|\d{1,3}|log|jsonl?|ndjson|export|txt|out|csv|db|evtx|xml|old|bak|orig|copy|save)|~"
    r"|-\d{8}(?:T\d+)?)+$",
    re.IGNORECASE,
)
_KIND_WORDS = re.compile(
    r"(?:^|[._-])(?:wtmpx?|btmp|utmpx?|utmpdump|utx|lastb?|lastlog|auth|secure|messages|syslog|sshd?|journal|loginctl|who"
    r"|events?|security|active|log|export|wtmpdb)(?=[._-]|$)",
    re.IGNORECASE,
)


class Ownership:
    """Answers for a report, where a guess does no harm."""

    def of_file(self, path: str) -> str:
        """The machine whose records a file holds that names none."""
        return machine_named(path)

    def of_host(self, path: str, host: str) -> str:
        """The machine that a file calls ``host``; ``host`` may be empty."""
        return host or machine_named(path)


class StrictOwnership(Ownership):
    """Answers for what is kept, and so refuses to guess. ``machine`` is what the user says."""

    def __init__(self, machine: str = "") -> None:
        self._machine = machine
        self._hosts: dict[str, str] = {}
        """The first host that the files of a folder name."""

    def of_file(self, path: str) -> str:
        """Raises InputError where nothing tells."""
        if self._machine:
            return self._machine
        if _is_our_own(path):
            return platform.node()
        known = _named_in(Path(path).name) or self._hosts.get(_folder(path))
        if not known:
            raise InputError("nothing in it tells whose records these are: say --machine NAME", file=path)
        return known

    def of_host(self, path: str, host: str) -> str:
        """The log of the system's own folder is this computer's, by whichever of its names."""
        if not host:
            return self.of_file(path)
        first = self._hosts.setdefault(_folder(path), host)
        if self._machine:
            if host != first:
                raise InputError(f"names several machines, {first} and {host}: --machine names one", file=path)
            return self._machine
        own = platform.node()
        return own if _is_our_own(path) and _first_label(host) == _first_label(own) else host


def machine_named(path: str) -> str:
    """The machine that a file's name tells of: ``web-01.wtmp``, ``web-01/auth.log.1.gz``; a system's own, ours."""
    if path == STANDARD_INPUT:
        return "standard input"
    if _is_our_own(path):
        return platform.node()
    file = Path(path).absolute()
    return _named_in(file.name) or _named_in(file.parent.name) or safe(file.name, 64)


def _named_in(name: str) -> str:
    """What is left of a name without the words for what it holds."""
    return safe(_KIND_WORDS.sub("", _ENDING.sub("", name)).strip("._-"), 64)


def _is_our_own(path: str) -> bool:
    return path != STANDARD_INPUT and _folder(path) in _SYSTEM_FOLDERS


def _folder(path: str) -> str:
    return str(Path(path).absolute().parent)


def _first_label(host: str) -> str:
    return host.partition(".")[0].lower()
