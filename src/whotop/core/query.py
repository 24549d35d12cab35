"""The filter language: ``user:root machine:web* from:10.0.0.0/8 (idle>1h or !tag:prod)``.

    either  = all ("or" all)*
    all     = single (["and"] single)*
    single  = ("not" | "!") single | "(" either ")" | term
    term    = word | column ":" values | column (">" | ">=" | "<" | "<=" | "=" | "!=") value

A filter is read once into one function; asking it of 10,000 rows takes a few milliseconds. What
users are told is ``docs/filter.md``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from whotop.core.query_terms import Matcher, Row, all_of, any_of, term
from whotop.core.query_words import Word, words_of
from whotop.errors import QueryError

__all__ = ["Query", "QueryError", "Row", "parse_query"]

LONGEST = 1_000
"""Characters in a filter."""
DEEPEST = 50
"""Parentheses and negations inside each other."""


@dataclass(frozen=True, slots=True)
class Query:
    """A filter that was understood; one made of nothing matches everything."""

    text: str
    matches: Matcher
    """Whether a row passes."""

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything pass."""
        return not self.text.strip()


def parse_query(text: str, fields: Collection[str]) -> Query:
    """Read a filter for a table with these columns (lower-case names).

    Raises QueryError with words for the person who types, and the position in ``text``.
    """
    if len(text) > LONGEST:
        raise QueryError(f"a filter has at most {LONGEST} characters", LONGEST)
    # Texts on the screen are in NFC (text.safe), so what is typed must be.
    words = list(words_of(unicodedata.normalize("NFC", text)))
    if not words:
        return Query(text, lambda row: True)
    return Query(text, _Parser(words, fields).query())


class _Parser:
    """Reads words from left to right, each looked at once."""

    def __init__(self, words: list[Word], fields: Collection[str]) -> None:
        self._words = words
        self._fields = fields
        self._next = 0

    def query(self) -> Matcher:
        matcher = self._either(0)
        if self._next < len(self._words):
            raise QueryError("this ) closes nothing", self._words[self._next].position)
        return matcher

    def _either(self, depth: int) -> Matcher:
        choices = [self._all(depth)]
        while self._take("or"):
            choices.append(self._all(depth))
        return any_of(choices)

    def _all(self, depth: int) -> Matcher:
        conditions = [self._single(depth)]
        while self._take("and") or not self._at_end_of_all():
            conditions.append(self._single(depth))
        return all_of(conditions)

    def _at_end_of_all(self) -> bool:
        return self._next >= len(self._words) or any(map(self._words[self._next].is_keyword, ("or", ")")))

    def _single(self, depth: int) -> Matcher:
        if depth > DEEPEST:
            raise QueryError(f"more than {DEEPEST} parentheses inside each other", self._words[self._next - 1].position)
        word = self._operand()
        if word.is_keyword("not") or word.is_keyword("!"):
            unwanted = self._single(depth + 1)
            return lambda row: not unwanted(row)
        if word.is_keyword("("):
            inner = self._either(depth + 1)
            if not self._take(")"):
                raise QueryError("this ( is not closed", word.position)
            return inner
        return term(word, self._fields)

    def _operand(self) -> Word:
        """The next word, which must begin a condition."""
        if self._next >= len(self._words):
            last = self._words[-1]
            raise QueryError(f"something must follow {last.text}", last.position)
        word = self._words[self._next]
        if any(map(word.is_keyword, ("and", "or", ")"))):
            before = "before" if word.text != ")" else "in front of"
            raise QueryError(
                f"something must stand {before} {word.text} (for the text itself, use quotes)", word.position
            )
        self._next += 1
        return word

    def _take(self, keyword: str) -> bool:
        if self._next < len(self._words) and self._words[self._next].is_keyword(keyword):
            self._next += 1
            return True
        return False
