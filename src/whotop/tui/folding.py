"""Spans folded into lines: what must be read whole goes on below where it does not fit.

Two blanks or more part one thing from the next (``clock agrees   4 processors``): a line ends there
if it can, else between words, and inside of a word only where that is longer than a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.cells import cell_len, chop_cells

from whotop.tui.row_strip import clipped, printable
from whotop.tui.views.view import Span

_BETWEEN_THINGS, _BETWEEN_WORDS = re.compile("  +"), re.compile(" +")
_INDENT: Span = (" ", "normal")


def folded(spans: Sequence[Span], width: int, most_lines: int) -> list[list[Span]]:
    """Lines of at most ``width`` cells, indented by one from the second on; what is beyond the last ends in ``…``."""
    page = _Page(width)
    for thing in _split([(printable(text), role) for text, role in spans], _BETWEEN_THINGS):
        if not page.takes(thing):
            for word in _split(thing, _BETWEEN_WORDS):
                if not page.takes(word):
                    page.force(word)
    lines = page.lines
    if len(lines) > most_lines:
        rest = [span for line in lines[most_lines - 1 :] for span in line]
        lines[most_lines - 1 :] = [clipped(rest, width)[0] if _cells(rest) > width else rest]
    return lines


class _Page:
    """Lines that fill up."""

    def __init__(self, width: int) -> None:
        self.lines: list[list[Span]] = [[]]
        self._width = self._room = width

    def takes(self, part: Sequence[Span]) -> bool:
        """Put it on this line, or else whole on the next; false if it is longer than that."""
        if _cells(part) > self._room:
            part = list(_without_leading_blanks(part))
            if _cells(part) >= self._width:
                return False
            self.lines.append([_INDENT])
            self._room = self._width - 1
        self.lines[-1] += part
        self._room -= _cells(part)
        return True

    def force(self, word: Sequence[Span]) -> None:
        """Put a word that is longer than a line on as many as it takes."""
        for text, role in word:
            for piece in chop_cells(text, max(self._width - 1, 1)):
                self.takes([(piece, role)])


def _split(spans: Sequence[Span], blanks: re.Pattern[str]) -> Iterator[list[Span]]:
    """The spans in parts, each of which begins with the blanks before it."""
    text = "".join(text for text, _ in spans)
    starts = [0, *(found.start() for found in blanks.finditer(text, 1)), len(text)]
    for start, end in pairwise(starts):
        yield list(_between(spans, start, end))


def _between(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    at = 0
    for text, role in spans:
        if cut := text[max(start - at, 0) : max(end - at, 0)]:
            yield cut, role
        at += len(text)


def _without_leading_blanks(spans: Sequence[Span]) -> Iterator[Span]:
    has_begun = False
    for text, role in spans:
        rest = text if has_begun else text.lstrip(" ")
        has_begun = has_begun or bool(rest)
        if rest:
            yield rest, role


def _cells(spans: Sequence[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)
