"""One line of a table as a Textual strip: spans of text clipped and padded into their columns.

The last wall against hostile text: whatever a cell holds, nothing but printable characters leaves
here, and never more cells than the column has (Textual and Rich let ESC through: rich/control.py
strips only BEL, BS, VT, FF and CR).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from whotop.tui.columns import Column, Placed

Span = tuple[str, str]
"""A text and the role that says what it is."""

Cells = Sequence[Sequence[Span]]
"""The spans of each column, in column order."""


def row_strip(placed: Sequence[Placed], cells: Cells, width: int, lead: Span, styles: Mapping[str, Style]) -> Strip:
    """Draw one row, ``width`` cells wide; the first is that of ``lead``.

    A left-aligned cell too long for its column runs on into the empty cells on its right, so that
    a reason can stand where figures would.
    """
    texts = [lead[0]]
    looks = [styles[lead[1]]]
    position = 1
    for number, place in enumerate(placed):
        spans = cells[place.number]
        if not spans:
            continue
        pieces, used = measured(spans)
        if used > place.width:
            room = _room_with_empty_neighbours(placed, cells, number)
            if used > room:
                pieces, used = clipped(pieces, room)
        start = place.start
        if place.column.align == "right" and used < place.width:
            start += place.width - used
        if start > position:
            _pad(texts, looks, start - position, styles)
        for text, role in pieces:
            texts.append(text)
            looks.append(styles[role])
        position = start + used
    if width > position:
        _pad(texts, looks, width - position, styles)
    strip = Strip(map(Segment, texts, looks), max(position, width))
    return strip if position <= width else strip.crop(0, width)


def _pad(texts: list[str], looks: list[Style], count: int, styles: Mapping[str, Style]) -> None:
    """Blanks belong to the text before them, where that shows nothing: half as many segments to send."""
    if looks[-1].underline:
        texts.append(" " * count)
        looks.append(styles["normal"])
    else:
        texts[-1] += " " * count


def header_strip(placed: Sequence[Placed], width: int, sort_key: str, arrow: str, styles: Mapping[str, Style]) -> Strip:
    """Draw the titles; that of the column sorted by ends in ``arrow`` whatever its width."""
    cells: list[Sequence[Span]] = []
    shown = []
    for position, place in enumerate(placed):
        mark = arrow if place.column.key == sort_key else ""
        title = set_cell_size(place.column.title, min(cell_len(place.column.title), place.width - len(mark)))
        cells.append([(title, "header"), (mark, "title")] if mark else [(title, "header")])
        shown.append(place._replace(number=position))
    return row_strip(shown, cells, width, (" ", "normal"), styles)


def line_strip(text: str, width: int, role: str, styles: Mapping[str, Style]) -> Strip:
    """Draw one text by itself, indented as the rows are."""
    whole = Placed(0, Column("", "", width, 0), 1, width - 2)
    return row_strip([whole], [[(text, role)]], width, (" ", "normal"), styles)


_JOINING = re.compile("[\u200d\ufe00-\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]")
"""Printable, but drawn into their neighbours by some terminals and beside them by others (flags, skin
tones, joiners, variation selectors; Unicode TR #51), so that nobody can say how wide the text will be."""


def measured(spans: Sequence[Span]) -> tuple[Sequence[Span], int]:
    """The spans, made printable where they were not, and how many cells they take."""
    used = 0
    for text, _ in spans:
        if text.isascii() and text.isprintable():
            used += len(text)
        elif text == printable(text):
            used += cell_len(text)
        else:
            return measured([(printable(text), role) for text, role in spans])
    return spans, used


def printable(text: str) -> str:
    """``text`` with every control, hidden, unassigned or joining character as U+FFFD."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return _JOINING.sub("\ufffd", text)


def clipped(spans: Sequence[Span], width: int) -> tuple[list[Span], int]:
    """Printable spans cut to ``width`` cells, the last of which is ``…``."""
    if width <= 0:
        return [], 0
    room = width - 1
    kept: list[Span] = []
    for text, role in spans:
        length = cell_len(text)
        if length > room:
            kept.append((set_cell_size(text, room) + "…", role))
            return kept, width
        kept.append((text, role))
        room -= length
    return kept, width - 1 - room


def _room_with_empty_neighbours(placed: Sequence[Placed], cells: Cells, number: int) -> int:
    last = number
    while last + 1 < len(placed) and not cells[placed[last + 1].number]:
        last += 1
    return placed[last].start + placed[last].width - placed[number].start
