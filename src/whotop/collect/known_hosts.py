"""One known_hosts file, indexed, so that a look-up costs the same with 10 entries and with 5,000.

Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Names are kept in a dictionary. Hashed names carry a
salt each and must be tried one by one: since a hash hides exactly one name, an entry that has told
its name is moved to the dictionary, and the search begins around the last hit, because machines are
mostly watched in the order in which they were first met.
"""

from __future__ import annotations

import binascii
import fnmatch
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

REVOKED = "@revoked"
AUTHORITY = "@cert-authority"

_HASH_MAGIC = "|1|"
LONGEST_PATTERN = 1024
"""No host's name is longer than 253; a line with a longer pattern trusts nobody."""
_WILD = re.compile(r"[*?!]")


class KnownKey(NamedTuple):
    """One key of a known_hosts line."""

    marker: str
    """Empty, ``@revoked`` or ``@cert-authority``."""
    algorithm: str
    """``ssh-ed25519``, ``ssh-rsa``…"""
    data: str
    """The public key in base64."""
    place: str
    """``file:line``."""


@dataclass(frozen=True, slots=True)
class _Hashed:
    salt: bytes
    digest: bytes
    key: KnownKey

    def hides(self, name: bytes) -> bool:
        """Whether HMAC-SHA1 of ``name`` is this entry's."""
        return hmac.digest(self.salt, name, "sha1") == self.digest


@dataclass(frozen=True, slots=True)
class _Patterns:
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    key: KnownKey

    def match(self, name: str) -> bool:
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in self.unwanted):
            return False
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.wanted)


class KnownHosts:
    """The keys that one file records, by name. A name is ``host`` or, off port 22, ``[host]:port``."""

    def __init__(self, text: str = "", file: str = "") -> None:
        self._named: dict[str, list[KnownKey]] = {}
        self._patterns: list[_Patterns] = []
        self._hashed: list[_Hashed] = []
        self._hashed_markers: list[_Hashed] = []
        self._next_hashed = 0
        self._exhausted: set[str] = set()
        for number, line in enumerate(text.splitlines(), 1):
            self._add(line.split(), f"{file}:{number}")

    @classmethod
    def read(cls, path: Path) -> KnownHosts:
        """Index a file; one that is not there or cannot be read knows no keys."""
        try:
            return cls(path.read_text("utf-8", "replace"), str(path))
        except OSError:
            return cls()

    def remember(self, name: str, key: KnownKey) -> None:
        """Take in a key that was just recorded."""
        self._named.setdefault(name, []).append(key)

    def keys(self, name: str) -> list[KnownKey]:
        """Every key recorded for ``name``, revoked ones and authorities included.

        Of hashed entries only the first that fits is looked for, which is enough to know and to
        prefer its algorithm; ``all_keys`` finds the rest.
        """
        found = [*self._unhashed(name)]
        if not found and name not in self._exhausted:
            found += self._next_hidden(name)
        return found + self._hidden_markers(name)

    def all_keys(self, name: str) -> list[KnownKey]:
        """As ``keys``, after all hashed entries have been tried (6 ms for 5,000 of them, once a name)."""
        while name not in self._exhausted:
            self._next_hidden(name)
        return self.keys(name)

    def marked(self, name: str) -> list[KnownKey]:
        """Revoked keys and authorities alone: cheap, because hashed keys without a mark are not tried."""
        return [key for key in self._unhashed(name) if key.marker] + self._hidden_markers(name)

    def _hidden_markers(self, name: str) -> list[KnownKey]:
        return [entry.key for entry in self._hashed_markers if entry.hides(name.encode())]

    def _unhashed(self, name: str) -> Iterator[KnownKey]:
        yield from self._named.get(name, ())
        yield from (entry.key for entry in self._patterns if entry.match(name))

    def _next_hidden(self, name: str) -> list[KnownKey]:
        """The next hashed entry that hides ``name``, which is then known by it."""
        wanted = name.encode()
        for index in _outwards(self._next_hashed, len(self._hashed)):
            if self._hashed[index].hides(wanted):
                key = self._hashed.pop(index).key
                self._next_hashed = index
                self.remember(name, key)
                return [key]
        self._exhausted.add(name)
        return []

    def _add(self, words: list[str], place: str) -> None:
        if not words or words[0].startswith("#"):
            return
        marker = words.pop(0) if words[0].startswith("@") else ""
        if marker not in {"", REVOKED, AUTHORITY} or len(words) < 3:
            return
        key = KnownKey(marker, words[1], words[2], place)
        if words[0].startswith(_HASH_MAGIC):
            self._add_hashed(words[0], key)
        elif _WILD.search(words[0]):
            patterns = words[0].lower().split(",")
            if key.marker == REVOKED or max(map(len, patterns)) <= LONGEST_PATTERN:
                self._patterns.append(_patterns(patterns, key))
        else:
            for name in words[0].lower().split(","):
                self.remember(name, key)

    def _add_hashed(self, text: str, key: KnownKey) -> None:
        try:
            salt, digest = (binascii.a2b_base64(part) for part in text[len(_HASH_MAGIC) :].split("|"))
        except ValueError:
            return
        (self._hashed_markers if key.marker else self._hashed).append(_Hashed(salt, digest, key))


def _outwards(start: int, count: int) -> Iterator[int]:
    """0 to ``count`` - 1, by their distance from ``start``."""
    for distance in range(count):
        if start + distance < count:
            yield start + distance
        if 0 <= start - 1 - distance < count:
            yield start - 1 - distance


def _patterns(patterns: Iterable[str], key: KnownKey) -> _Patterns:
    # In fnmatch "[" begins a set; here it is the bracket of "[host]:port".
    patterns = [pattern.replace("[", "[[]") for pattern in patterns]
    wanted = tuple(pattern for pattern in patterns if not pattern.startswith("!"))
    return _Patterns(wanted, tuple(pattern[1:] for pattern in patterns if pattern.startswith("!")), key)


def name_of(host: str, port: int) -> str:
    """The name under which a key of ``host`` is recorded."""
    return host.lower() if port == 22 else f"[{host.lower()}]:{port}"
