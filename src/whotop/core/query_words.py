"""A filter's words: text cut at spaces and parentheses, quotes taken off but not forgotten.

What stood in quotes is meant literally: no wildcard, no list, no ``none``. A word therefore keeps
for each of its characters whether it was quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whotop.errors import QueryError

PARENTHESES = "()"
NEGATION = "!"


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters; ``position`` is where it begins in the filter."""

    text: str
    quoted: tuple[bool, ...]
    position: int

    @property
    def is_plain(self) -> bool:
        """Whether none of it was quoted, so that it may be a keyword, a number, a network."""
        return not any(self.quoted)

    def is_keyword(self, keyword: str) -> bool:
        """Whether it is ``and``, ``or``, ``not``, a parenthesis: whatever is asked for."""
        return self.is_plain and self.text.lower() == keyword

    def has(self, character: str) -> bool:
        """Whether ``character`` stands in it unquoted."""
        return any(found == character and not quoted for found, quoted in zip(self.text, self.quoted, strict=True))

    def part(self, start: int, end: int) -> Word:
        """The characters in [start, end)."""
        return Word(self.text[start:end], self.quoted[start:end], self.position + start)

    def split(self, separator: str) -> list[Word]:
        """Its parts between unquoted separators."""
        cuts = [i for i, found in enumerate(self.text) if found == separator and not self.quoted[i]]
        return [
            self.part(start, end)
            for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(self.text)], strict=True)
        ]


def words_of(text: str) -> Iterator[Word]:
    """Cut a filter into words; ``(``, ``)`` and a leading ``!`` are words of their own.

    Raises QueryError for a quote that is not closed.
    """
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] in PARENTHESES or text[at] == NEGATION:
            yield Word(text[at], (False,), at)
            at += 1
        else:
            word, at = _word(text, at)
            yield word


def _word(text: str, start: int) -> tuple[Word, int]:
    characters: list[str] = []
    quoted: list[bool] = []
    at = start
    while at < len(text) and not text[at].isspace() and text[at] not in PARENTHESES:
        if text[at] == '"':
            inside, at = _quotation(text, at)
            characters += inside
            quoted += [True] * len(inside)
        else:
            characters.append(text[at])
            quoted.append(False)
            at += 1
    return Word("".join(characters), tuple(quoted), start), at


def _quotation(text: str, start: int) -> tuple[str, int]:
    """What stands between quotes; a doubled quote is one quote, as in CSV."""
    at = start + 1
    inside: list[str] = []
    while (end := text.find('"', at)) >= 0:
        inside.append(text[at:end])
        if text[end + 1 : end + 2] != '"':
            return "".join(inside), end + 1
        inside.append('"')
        at = end + 2
    raise QueryError('this " is not closed', start)
