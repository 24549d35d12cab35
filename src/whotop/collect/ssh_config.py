"""ssh_config(5), read once and indexed, so that a machine costs the same among 5,000 Host blocks.

asyncssh parses every file anew for every connection (18 ms for 300 blocks) and takes over options
that would break or weaken the link. Here a file is split into blocks once; a look-up visits only
those whose ``Host`` names the machine or holds a pattern, and ``Match`` blocks. Which options are
used is ``route``'s business.

``Match`` knows ``all``, ``host``, ``originalhost``, ``user``, ``localuser``, ``tagged`` and ``exec``
(the command runs as OpenSSH would run it: the file is the user's own). ``canonical`` and ``final``
never match, because whotop reads the files in one pass and canonicalises no names.
"""

from __future__ import annotations

import fnmatch
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from whotop.collect.own_user import own_user
from whotop.errors import ConfigError

EXEC_SECONDS = 5.0
INCLUDE_DEPTH = 16
"""As OpenSSH's READCONF_MAX_DEPTH."""

_ACCUMULATED = frozenset({"identityfile", "certificatefile"})
_RAW = frozenset({"proxycommand"})
"""Keywords whose value is the rest of the line, as it stands."""
_PLAIN = re.compile(r"[A-Za-z]\w*[ \t]+[^\s\"'\\#=][^\"'\\#]*", re.ASCII)
"""What nearly every line is: a keyword and words. Splitting it takes a fifth of the time."""
_WILD = re.compile(r"[*?!]")
_WORD = re.compile(r"""\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\["'\\ ]|[^\s"'])+))""")
_KEYWORD = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*)", re.DOTALL)
_ESCAPED = re.compile(r"""\\(["'\\ ])""")

Options = dict[str, list[str]]
"""Lower-case keyword to its arguments; of IdentityFile and CertificateFile, all that were named."""


class _Line(NamedTuple):
    keyword: str
    arguments: tuple[str, ...]
    number: int
    path: Path

    @property
    def place(self) -> str:
        return f"line {self.number}"


@dataclass(slots=True)
class _Block:
    """Lines under one ``Host`` or ``Match``; the lines before the first stand under ``Host *``."""

    header: _Line
    lines: list[_Line] = field(default_factory=list)


class _File:
    """One file's blocks, and which of them can concern a name."""

    def __init__(self, path: Path) -> None:
        self.blocks = _blocks(path)
        self._named: dict[str, list[int]] = {}
        self._others: list[int] = []
        for number, block in enumerate(self.blocks):
            patterns = block.header.arguments
            if block.header.keyword == "match" or any(map(_WILD.search, patterns)):
                self._others.append(number)
            else:
                for name in patterns:
                    self._named.setdefault(name, []).append(number)

    @property
    def has_commands(self) -> bool:
        """Whether a ``Match exec`` is among them."""
        headers = (block.header for block in self.blocks if block.header.keyword == "match")
        return any("exec" in word.lower() for header in headers for word in header.arguments)

    def concerning(self, name: str) -> list[_Block]:
        """In the order of the file, the blocks that may apply to ``name``."""
        return [self.blocks[number] for number in sorted({*self._named.get(name, ()), *self._others})]


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
        self._files: dict[Path, _File] = {}
        self._included: dict[_Line, list[Path]] = {}
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
        if path in self._files or not _is_there(path):
            return
        if depth > INCLUDE_DEPTH:
            raise ConfigError("too many nested Include lines", file=str(path))
        file = self._files[path] = _File(path)
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


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        mend = 'is HOME yours? else configure ssh_config = ""'
        raise ConfigError(f"cannot be looked for: {error.strerror}", file=str(path), mend=mend) from None


def _blocks(path: Path) -> list[_Block]:
    try:
        text = path.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(error.strerror or str(error), file=str(path), mend="make it readable or remove it") from None
    blocks = [_Block(_Line("host", ("*",), 0, path))]
    for number, text_line in enumerate(text.splitlines(), 1):
        line = _line(text_line, number, path)
        if line is None:
            continue
        if line.keyword in {"host", "match"}:
            blocks.append(_Block(line))
        else:
            blocks[-1].lines.append(line)
    return blocks


def _line(text: str, number: int, path: Path) -> _Line | None:
    text = text.strip()
    if not text or text.startswith("#"):
        return None
    if _PLAIN.fullmatch(text):
        keyword, *words = text.split()
        if keyword.lower() not in _RAW:
            return _Line(keyword.lower(), tuple(words), number, path)
    parts = _KEYWORD.fullmatch(text)
    keyword = parts[1].lower() if parts else text.lower()
    if parts is None or not parts[2]:
        raise ConfigError(f"{keyword} has no value", file=str(path), place=f"line {number}")
    arguments = (parts[2],) if keyword in _RAW else _words(parts[2], number, path)
    return _Line(keyword, arguments, number, path)


def _words(text: str, number: int, path: Path) -> tuple[str, ...]:
    """Split as OpenSSH's argv_split does: quotes, a few escapes, and ``#`` ends the line."""
    words: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        if text[position:].lstrip().startswith("#"):
            break
        match = _WORD.match(text, position)
        if match is None:
            raise ConfigError("a quote is not closed", file=str(path), place=f"line {number}")
        words.append(_ESCAPED.sub(r"\1", next(part for part in match.groups() if part is not None)))
        position = match.end()
    return tuple(words)


def _included(line: _Line, path: Path) -> list[Path]:
    """The files that an Include line names: relative ones lie beside the user's or the system's file."""
    folder = Path("/etc/ssh") if path.is_relative_to("/etc/ssh") else Path.home() / ".ssh"
    found: list[Path] = []
    for pattern in line.arguments:
        whole = Path(pattern).expanduser()
        base, relative = (Path(whole.anchor), whole.relative_to(whole.anchor)) if whole.anchor else (folder, whole)
        found += sorted(one for one in base.glob(str(relative)) if one.is_file())
    return found


def _applies(header: _Line, lookup: _Lookup) -> bool:
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


def _fits(criterion: str, argument: str, lookup: _Lookup, header: _Line) -> bool:
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
