"""Lists of names with ``*`` and ``?``, upper and lower case alike; each list is made ready once."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from whotop.core.networks import Networks


class Names:
    """A list of names and globs."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        folded = [pattern.casefold() for pattern in patterns]
        self._globs = tuple(pattern for pattern in folded if any(character in pattern for character in "*?["))
        self._plain = frozenset(folded).difference(self._globs)
        self.hold = lru_cache(maxsize=65_536)(self._hold)
        r"""Whether a name is on the list. A Windows account may be written with its domain, ``CORP\name``."""

    def _hold(self, name: str) -> bool:
        folded = name.casefold()
        return self._holds(folded) or ("\\" in folded and self._holds(folded.rpartition("\\")[2]))

    def _holds(self, folded: str) -> bool:
        if folded in self._plain:
            return True
        return bool(self._globs) and any(fnmatchcase(folded, pattern) for pattern in self._globs)


@lru_cache(maxsize=1_024)
def names_of(patterns: tuple[str, ...]) -> Names:
    """The list of these names."""
    return Names(patterns)


@lru_cache(maxsize=1_024)
def networks_of(texts: tuple[str, ...]) -> Networks:
    """The list of these networks, which were found to be some when the settings were read."""
    return Networks(texts)
