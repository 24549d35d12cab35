"""The names that ``~/.ssh/config`` knows, so that a pattern can choose among them.

Only names are read here. What the file says about a machine is read by ``collect`` when it
connects. Grammar: ssh_config(5): a keyword, white space or ``=``, arguments, which may be quoted;
``Host`` takes patterns; ``Include`` takes globs relative to ``~/.ssh``.
"""

from __future__ import annotations

import fnmatch
import glob
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from whotop.config.places import at_home
from whotop.errors import ConfigError

INCLUDE_DEPTH_MAX = 16
"""OpenSSH's own limit (readconf.c, READCONF_MAX_DEPTH)."""
SIZE_MAX_BYTES = 4 << 20
PATH_MAX = 4096
"""The longest path that Linux opens."""
USER_FILE = Path("~/.ssh/config")
SYSTEM_FILE = Path("/etc/ssh/ssh_config")

_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_PATTERN_CHARACTERS = frozenset("*?!")


def named_hosts(file: Path, patterns: Iterable[str]) -> list[str]:
    """The hosts of ``file`` that match ``patterns``, in the file's order.

    Raises ConfigError for a file that cannot be read, a pattern that matches nothing, and one that
    would match everything: an ssh_config holds jump hosts, routers and other people's machines.
    """
    known = list(dict.fromkeys(_hosts(file, depth=0)))
    chosen: set[str] = set()
    for pattern in patterns:
        if not pattern.strip("*?"):
            raise ConfigError(
                f'"{pattern}" would watch every host of {file}',
                place="ssh_config_hosts",
                mend='write what the machines have in common, such as "web*"',
            )
        matching = fnmatch.filter(known, pattern)
        if not matching:
            raise ConfigError(f'no Host matches "{pattern}"', file=str(file), mend="see its Host lines")
        chosen.update(matching)
    return [host for host in known if host in chosen]


def ssh_config_files(named: str) -> tuple[Path, ...]:
    """The files that are honoured: the user's, then the system's; one of one's own alone, as with ``ssh -F``."""
    if not named:
        return ()
    file = at_home(named)
    return (file, SYSTEM_FILE) if file == USER_FILE.expanduser() else (file,)


def _hosts(file: Path, depth: int) -> Iterator[str]:
    for keyword, arguments in _lines(file, depth):
        if keyword == "host":
            yield from (name for name in arguments if not _PATTERN_CHARACTERS & set(name))


def _lines(file: Path, depth: int) -> Iterator[tuple[str, list[str]]]:
    for line in _read(file).splitlines():
        keyword, arguments = _words(line)
        if keyword != "include":
            yield keyword, arguments
        elif depth >= INCLUDE_DEPTH_MAX:
            raise ConfigError("Include goes too deep: does it include itself?", file=str(file))
        else:
            for included in included_files(arguments, Path("~/.ssh").expanduser()):
                yield from _lines(included, depth + 1)


def _words(line: str) -> tuple[str, list[str]]:
    line = line.strip()
    if not line or line.startswith("#"):
        return "", []
    keyword, rest = re.match(r"([^\s=]*)\s*=?\s*(.*)", line).groups()  # type: ignore[union-attr]
    arguments: list[str] = []
    for match in _WORD.finditer(rest):
        if match[0].startswith("#"):
            break
        arguments.append(match[1] if match[2] is None else match[2])
    return keyword.lower(), arguments


def included_files(patterns: Iterable[str], folder: Path) -> Iterator[Path]:
    """The files that an ``Include`` names; relative patterns begin in ``folder``."""
    for pattern in patterns:
        if "\0" in pattern or len(pattern) > PATH_MAX:  # which no file's name is
            continue
        absolute = folder / at_home(pattern)
        yield from (path for path in map(Path, sorted(glob.glob(str(absolute)))) if path.is_file())  # noqa: PTH207


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise ConfigError(f"is larger than {SIZE_MAX_BYTES >> 20} MiB", file=str(file))
        return file.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from None
