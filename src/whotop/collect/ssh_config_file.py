"""One file of ssh_config(5): its lines, split as OpenSSH splits them, in blocks indexed by name.

A look-up visits only the blocks whose ``Host`` names the machine or holds a pattern, and the
``Match`` blocks: a name costs the same among 5,000 ``Host`` blocks as among five.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from whotop.errors import ConfigError

_RAW = frozenset({"proxycommand"})
"""Keywords whose value is the rest of the line, as it stands."""
_PLAIN = re.compile(r"[A-Za-z]\w*[ \t]+[^\s\"'\\#=][^\"'\\#]*", re.ASCII)
"""What nearly every line is: a keyword and words. Splitting it takes a fifth of the time."""
_WILD = re.compile(r"[*?!]")
_WORD = re.compile(r"""\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\["'\\ ]|[^\s"'])+))""")
_KEYWORD = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*)", re.DOTALL)
_COMMENT = re.compile(r"\s*+#")
_ESCAPED = re.compile(r"""\\(["'\\ ])""")


def is_there(path: Path) -> bool:
    """Whether there is such a file. Raises ConfigError where that cannot be told."""
    try:
        return path.is_file()
    except OSError as error:
        mend = 'is HOME yours? else configure ssh_config = ""'
        raise ConfigError(f"cannot be looked for: {error.strerror}", file=str(path), mend=mend) from None


class Line(NamedTuple):
    """A keyword in lower case and what stands behind it; ``number`` counts from 1."""

    keyword: str
    arguments: tuple[str, ...]
    number: int
    path: Path

    @property
    def place(self) -> str:
        """As a message names it."""
        return f"line {self.number}"


@dataclass(slots=True)
class Block:
    """Lines under one ``Host`` or ``Match``; the lines before the first stand under ``Host *``."""

    header: Line
    lines: list[Line] = field(default_factory=list)


class SshConfigFile:
    """One file's blocks, and which of them can concern a name. Raises ConfigError."""

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

    def concerning(self, name: str) -> list[Block]:
        """In the order of the file, the blocks that may apply to ``name``."""
        return [self.blocks[number] for number in sorted({*self._named.get(name, ()), *self._others})]


def _blocks(path: Path) -> list[Block]:
    try:
        text = path.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(error.strerror or str(error), file=str(path), mend="make it readable or remove it") from None
    blocks = [Block(Line("host", ("*",), 0, path))]
    for number, text_line in enumerate(text.splitlines(), 1):
        line = _line(text_line, number, path)
        if line is None:
            continue
        if line.keyword in {"host", "match"}:
            blocks.append(Block(line))
        else:
            blocks[-1].lines.append(line)
    return blocks


def _line(text: str, number: int, path: Path) -> Line | None:
    text = text.strip()
    if not text or text.startswith("#"):
        return None
    if _PLAIN.fullmatch(text):
        keyword, *words = text.split()
        if keyword.lower() not in _RAW:
            return Line(keyword.lower(), tuple(words), number, path)
    parts = _KEYWORD.fullmatch(text)
    keyword = parts[1].lower() if parts else text.lower()
    if parts is None or not parts[2]:
        raise ConfigError(f"{keyword} has no value", file=str(path), place=f"line {number}")
    arguments = (parts[2],) if keyword in _RAW else _words(parts[2], number, path)
    return Line(keyword, arguments, number, path)


def _words(text: str, number: int, path: Path) -> tuple[str, ...]:
    """Split as OpenSSH's argv_split does: quotes, a few escapes, and ``#`` ends the line."""
    words: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        if _COMMENT.match(text, position):
            break
        match = _WORD.match(text, position)
        if match is None:
            raise ConfigError("a quote is not closed", file=str(path), place=f"line {number}")
        words.append(_ESCAPED.sub(r"\1", next(part for part in match.groups() if part is not None)))
        position = match.end()
    return tuple(words)
