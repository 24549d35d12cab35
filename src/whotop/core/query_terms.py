"""A filter's terms: one word turned into a function that says yes or no to a row.

The words of a row are read as they are on the screen. What costs time (folding case, compiling a
pattern, reading a network) is done here once and never per row.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Protocol

from whotop.core.query_values import TextTest, decimals, number, pattern_test, text_test
from whotop.core.query_words import Word
from whotop.errors import QueryError


class Row(Protocol):
    """What a filter asks of a row of a table."""

    def value(self, field: str) -> str | float | Sequence[str] | None:
        """A column's value: seconds for lengths of time, 0 to 100 for percent; None where there is none."""
        ...

    def visible(self) -> Iterable[str]:
        """The texts that the row shows."""
        ...


Matcher = Callable[[Row], bool]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
NOTHING = "none"
NUMBERS = (int, float)

_FIELD = re.compile(r"([A-Za-z][A-Za-z_-]*)(>=|<=|!=|[:=<>])")
_SIGN = re.compile(r"[<>]=?")


def term(word: Word, fields: Collection[str]) -> Matcher:
    """The function for one word. Raises QueryError for a column that ``fields`` does not name."""
    found = _FIELD.match(word.text)
    if not found or any(word.quoted[: found.end()]):
        return _anywhere(word)
    field, operation = found[1].lower(), found[2]
    if field not in fields:
        raise QueryError(_unknown_column(found[1], fields), word.position)
    value = word.part(found.end(), len(word.text))
    sign = _SIGN.match(value.text) if operation == ":" else None
    if sign and not any(value.quoted[: sign.end()]):
        operation, value = sign[0], value.part(sign.end(), len(value.text))
    if not value.text:
        raise QueryError(_value_missing(field, operation), word.position)
    if operation in COMPARISONS:
        return _comparison(field, operation, value)
    equal = _equal(field, value)
    return equal if operation != "!=" else lambda row: not equal(row)


def _unknown_column(name: str, fields: Collection[str]) -> str:
    near = get_close_matches(name.lower(), fields, n=1)
    if near:
        return f"no column {name} here: did you mean {near[0]}?"
    return f"no column {name} here: there are {', '.join(sorted(fields))} (to find the text itself, put it in quotes)"


def _value_missing(field: str, operation: str) -> str:
    if operation in COMPARISONS:
        return f"{field}{operation} needs a number behind it"
    return f"{field}{operation} needs a value behind it ({field}:{NOTHING} finds rows without)"


def _anywhere(word: Word) -> Matcher:
    if word.has("*"):
        matches = pattern_test(word)
        return lambda row: any(map(matches, row.visible()))
    wanted = word.text.casefold()
    return lambda row: wanted in "\n".join(row.visible()).casefold()


def _comparison(field: str, operation: str, value: Word) -> Matcher:
    limit = number(value.text)
    if limit is None:
        raise QueryError(f"{field}{operation} needs a number: 80, 50%, 1h30m, 2G; not {value.text}", value.position)
    compare = COMPARISONS[operation]

    def matches(row: Row) -> bool:
        found = row.value(field)
        return isinstance(found, NUMBERS) and compare(found, limit)

    return matches


def _equal(field: str, value: Word) -> Matcher:
    """Equal to any of a comma list."""
    parts = value.split(",")
    for part in parts:
        if not part.text:
            raise QueryError("a comma needs a value on each side", part.position)
    return any_of([_equal_to_one(field, part) for part in parts])


def _equal_to_one(field: str, value: Word) -> Matcher:
    if value.is_keyword(NOTHING):
        return lambda row: _is_nothing(row.value(field))
    matches = text_test(value)
    wanted = number(value.text) if value.is_plain else None
    places = decimals(value.text)

    def equal(row: Row) -> bool:
        found = row.value(field)
        if isinstance(found, str):
            return matches(found)
        if isinstance(found, NUMBERS):
            return wanted is not None and round(found, places) == wanted
        return found is not None and _any_text(matches, found)

    return equal


def _is_nothing(found: str | float | Sequence[str] | None) -> bool:
    """Also of several texts, one of which is empty: a console login among others has no source."""
    if found is None or isinstance(found, NUMBERS):
        return found is None
    return not found or not all(found)


def _any_text(matches: TextTest, texts: Sequence[str]) -> bool:
    return any(map(matches, texts))


def any_of(matchers: Sequence[Matcher]) -> Matcher:
    """Yes if one of them says yes."""
    if len(matchers) == 1:
        return matchers[0]

    def matches(row: Row) -> bool:
        for matcher in matchers:  # noqa: SIM110 - a generator would double the time per row
            if matcher(row):
                return True
        return False

    return matches


def all_of(matchers: Sequence[Matcher]) -> Matcher:
    """Yes if each of them says yes."""
    if len(matchers) == 1:
        return matchers[0]

    def matches(row: Row) -> bool:
        for matcher in matchers:  # noqa: SIM110 - a generator would double the time per row
            if not matcher(row):
                return False
        return True

    return matches
