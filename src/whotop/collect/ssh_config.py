"""ssh_config(5), read once and indexed, so that a machine costs the same among 5,000 Host blocks.

asyncssh parses every file anew for every connection (18 ms for 300 blocks) and takes over options
that would break or weaken the link. Here each is split into blocks once (``ssh_config_file``), and
a look-up visits few of them. Which options are used is ``route``'s business.

``Match`` knows ``all``, ``host``, ``originalhost``, ``user``, ``localuser``, ``tagged`` and ``exec``
(the command runs as OpenSSH would run it: the file is the user's own). ``canonical`` and ``final``
never match, because whotop reads the files in one pass and canonicalises no names.
"""

from __future__ import annotations

import fnmatch
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whotop.collect.own_user import own_user
from whotop.collect.ssh_config_file import Line, SshConfigFile, is_there
from whotop.config.ssh_config import included_files
from whotop.errors import ConfigError

EXEC_SECONDS = 5.0
INCLUDE_DEPTH = 16
"""As OpenSSH's READCONF_MAX_DEPTH."""

_ACCUMULATED = frozenset({"identityfile", "certificatefile"})

Options = dict[str, list[str]]
"""Lower-case keyword to its arguments; of IdentityFile and CertificateFile, all that were named."""


@dataclass(slots=True)
class _Lookup:
    """One name on its way through the files; the first value of an option stays."""

    name: str
    options: Options
    given_user: str
    depth: int = 0

    @property
    def host(self) -> str:
        return self.options.get("hostname", [self.name])[0].replace("%h", self.name)

    @property
    def user(self) -> str:
        return self.given_user or self.options.get("user", [own_user()])[0]


class SshConfig:
    """The user's ssh_config and the system's, in the order in which they count."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._paths = tuple(files)
        self._files: dict[Path, SshConfigFile] = {}
        self._included: dict[Line, list[Path]] = {}
        for path in self._paths:
            self._load(path, 0)
        self.may_run_commands = any(file.has_commands for file in self._files.values())
        """Whether to look a name up may take seconds: there is a ``Match exec``."""

    def options(self, name: str, user: str = "") -> Options:
        """What the files say about ``name`` when logging in as ``user`` (empty: not given).

        Raises ConfigError for a condition that cannot be understood. May run ``Match exec``
        commands, each for at most 5 s: call it outside an event loop.
        """
        lookup = _Lookup(name, {}, user)
        for path in self._paths:
            self._apply(path, lookup)
        return lookup.options

    def _load(self, path: Path, depth: int) -> None:
        """Read ``path`` and all that it includes, so that a mistake is found before anything runs."""
        if path in self._files or not is_there(path):
            return
        if depth > INCLUDE_DEPTH:
            raise ConfigError("too many nested Include lines", file=str(path))
        file = self._files[path] = SshConfigFile(path)
        for block in file.blocks:
            for line in block.lines:
                if line.keyword == "include":
                    self._included[line] = _included(line, path)
                    for included in self._included[line]:
                        self._load(included, depth + 1)

    def _apply(self, path: Path, lookup: _Lookup) -> None:
        file = self._files.get(path)
        if file is None or lookup.depth > INCLUDE_DEPTH:
            return
        for block in file.concerning(lookup.name):
            if not _applies(block.header, lookup):
                continue
            for line in block.lines:
                if line.keyword == "include":
                    lookup.depth += 1
                    for included in self._included[line]:
                        self._apply(included, lookup)
                    lookup.depth -= 1
                elif line.keyword in _ACCUMULATED:
                    lookup.options.setdefault(line.keyword, []).extend(line.arguments)
                else:
                    lookup.options.setdefault(line.keyword, list(line.arguments))


def _included(line: Line, path: Path) -> list[Path]:
    """The files that an Include line names: relative ones lie beside the user's or the system's file."""
    folder = Path("/etc/ssh") if path.is_relative_to("/etc/ssh") else Path.home() / ".ssh"
    return list(included_files(line.arguments, folder))


def _applies(header: Line, lookup: _Lookup) -> bool:
    if header.keyword == "host":
        return matches(lookup.name, header.arguments)
    words = list(header.arguments)
    applies = True
    while words:
        criterion = words.pop(0)
        is_negated = criterion.startswith("!")
        criterion, equals, argument = criterion.lstrip("!").partition("=")
        criterion = criterion.lower()
        if criterion in {"all", "canonical", "final"}:
            applies &= (criterion == "all") != is_negated
            continue
        if not equals:
            argument = words.pop(0) if words else ""
        if not argument:
            raise ConfigError(f"Match {criterion} has no value", file=str(header.path), place=header.place)
        # As OpenSSH: what follows a condition that failed is read but not tried.
        applies = applies and _fits(criterion, argument, lookup, header) != is_negated
    return applies


def _fits(criterion: str, argument: str, lookup: _Lookup, header: Line) -> bool:
    match criterion:
        case "host":
            return matches(lookup.host, argument.split(","))
        case "originalhost":
            return matches(lookup.name, argument.split(","))
        case "user":
            return matches(lookup.user, argument.split(","))
        case "localuser":
            return matches(own_user(), argument.split(","))
        case "tagged":
            return matches(lookup.options.get("tag", [""])[0], argument.split(","))
        case "exec":
            return _succeeds(argument, lookup)
        case "localnetwork" | "address" | "version" | "command" | "sessiontype":
            return False
    raise ConfigError(f"Match {criterion} is not known", file=str(header.path), place=header.place)


def _succeeds(command: str, lookup: _Lookup) -> bool:
    port = lookup.options.get("port", ["22"])[0]
    tokens = {"%": "%", "h": lookup.host, "n": lookup.name, "p": port, "r": lookup.user, "u": own_user()}
    command = re.sub(r"%(.)", lambda match: tokens.get(match[1], match[0]), command)
    try:
        return (
            subprocess.run(  # noqa: S602  the user's own file; names were checked for what a shell would see in them
                command,
                shell=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=EXEC_SECONDS,
                check=False,
            ).returncode
            == 0
        )
    except (subprocess.TimeoutExpired, OSError):
        return False


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a list of patterns takes in ``name``; one ``!pattern`` that fits excludes it."""
    found = False
    for pattern in patterns:
        fits = fnmatch.fnmatchcase(name, pattern.lstrip("!").replace("[", "[[]"))
        if fits and pattern.startswith("!"):
            return False
        found = found or fits
    return found
