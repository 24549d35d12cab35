"""Names to look for: of machines, users and sources, as a fleet in memory or a store knows them."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable
from enum import StrEnum

import msgspec


class NameKind(StrEnum):
    """What a name is of; the words that narrow a search to it."""

    MACHINE = "machine"
    USER = "user"
    SOURCE = "source"


class KnownName(msgspec.Struct, frozen=True):
    """A name that was found, and the last logins to, by or from it: µs UTC on whotop's clock, 0 where none is kept."""

    kind: NameKind
    name: str
    last_login_us: int = 0
    last_failed_us: int = 0
    """The last login that failed; told by a store alone."""


class Search(msgspec.Struct, frozen=True):
    """What is looked for: ``text`` somewhere in the names of these kinds."""

    kinds: tuple[NameKind, ...]
    text: str

    @property
    def is_narrow(self) -> bool:
        """Whether it is for one kind alone."""
        return len(self.kinds) == 1


def search_of(typed: str) -> Search:
    """Read ``ann``, or ``user ann`` for names of users alone; ``user`` and a blank is for all of them."""
    word, blank, rest = typed.lstrip().partition(" ")
    if blank and word.lower() in list(NameKind):
        return Search((NameKind(word.lower()),), rest.strip())
    return Search(tuple(NameKind), typed.strip())


def best_names(names: Iterable[str], text: str, limit: int, *, only_tried: Container[str] = ()) -> list[str]:
    """Those in which ``text`` occurs in either case: the ones that begin with it first, then by the alphabet.

    Names that were ``only_tried`` follow the others, unless one is just ``text``: they cost a guesser nothing.
    """
    wanted = text.casefold()
    found = ((name.casefold(), name) for name in names)
    ranked = (
        (folded != wanted, name in only_tried, not folded.startswith(wanted), folded, name)
        for folded, name in found
        if wanted in folded
    )
    return [name for *_, name in heapq.nsmallest(limit, ranked)]
