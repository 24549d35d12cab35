"""A report as PDF: A4 across, tables whose heads repeat on each page.

The font is DejaVu Sans, shipped beside this file (its licence with it). A character that it lacks
is shown as its escape, so that a name never turns into empty boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from whotop.core.report import Report
from whotop.render.layout import Column, Layout, Table, laid_out, quiet_line
from whotop.render.moments import local

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
FAMILY = "DejaVu Sans"

MARGIN_MM = 14.0
LINE_MM = 5.4
GAP_MM = 2.5
"""Between two columns."""
BODY_POINTS, SMALL_POINTS, HEADING_POINTS, TITLE_POINTS = 8.5, 7.5, 11.0, 17.0
INK, QUIET, MARK, RULE = (36, 41, 47), (110, 117, 125), (11, 107, 99), (222, 218, 212)


def pdf_document(report: Report) -> bytes:
    """The document; the same report gives the same pages."""
    page = laid_out(report)
    pdf = _Pdf(page.title)
    pdf.set_creation_date(local(report.made_us, UTC))
    pdf.add_page()
    _head(pdf, page)
    for table in page.tables:
        _draw_table(pdf, table)
    if page.quiet:
        pdf.ln(LINE_MM)
        pdf.write_text(quiet_line(page), SMALL_POINTS, QUIET)
    return bytes(pdf.output())


class _Pdf(FPDF):
    """A page with a footer, and text that the font can show."""

    def __init__(self, title: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        # Otherwise a user named {nb} would show as the number of pages.
        self.alias_nb_pages("")
        self.add_font(FAMILY, fname=FONT)
        font = self.fonts[FAMILY.lower()]
        self._known = font.cmap if isinstance(font, TTFFont) else {}
        self._widths_mm: dict[tuple[str, float], float] = {}
        self._footer = f"whotop {self.shown(title)}"
        self.set_margin(MARGIN_MM)
        self.c_margin = 0.0
        self.set_line_width(0.15)
        self.set_auto_page_break(auto=True, margin=MARGIN_MM + LINE_MM)
        self.set_title(self._footer)

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.ink(SMALL_POINTS, QUIET)
        self.cell(self.epw / 2, LINE_MM, self._footer)
        self.cell(self.epw / 2, LINE_MM, str(self.page_no()), align=Align.R)

    def ink(self, points: float, colour: tuple[int, int, int]) -> None:
        """Choose the size and colour of what is written next."""
        self.set_font(FAMILY, size=points)
        self.set_text_color(*colour)
        # Text in the colour that fills is written without saying its colour anew each time.
        self.set_fill_color(*colour)

    def shown(self, text: str) -> str:
        """The text with escapes for what the font lacks."""
        if text.isascii():
            return text
        return "".join(character if ord(character) in self._known else _escape(character) for character in text)

    def write_line(self, text: str, points: float, colour: tuple[int, int, int]) -> None:
        """A line of its own, cut where the page ends."""
        self.ink(points, colour)
        self.cell(self.epw, points * 0.6, self.fitted(text, self.epw), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def write_text(self, text: str, points: float, colour: tuple[int, int, int]) -> None:
        """A paragraph."""
        self.ink(points, colour)
        self.multi_cell(self.epw, LINE_MM, self.shown(text), align=Align.L)

    def write_cell(self, text: str, width_mm: float, align: Align) -> None:
        """A text within a width, and the place moved on by it.

        ``cell`` knows of right-to-left texts and takes 170 µs; ``text`` does not and takes 20.
        """
        text = self.fitted(text, width_mm)
        if text.isascii():
            indent_mm = width_mm - self.width_mm(text) if align is Align.R else 0.0
            self.text(self.x + indent_mm, self.y + LINE_MM / 2 + 0.3 * self.font_size, text)
            self.x += width_mm
        else:
            self.cell(width_mm, LINE_MM, text, align=align)

    def width_mm(self, text: str) -> float:
        """How wide a text is in the present size; names and figures come again and again."""
        key = (text, self.font_size_pt)
        if key not in self._widths_mm:
            self._widths_mm[key] = self.get_string_width(text)
        return self._widths_mm[key]

    def fitted(self, text: str, width_mm: float) -> str:
        """The text as the font can show it, cut with ``…`` to a width."""
        text = self.shown(text)
        if self.width_mm(text) <= width_mm:
            return text
        shortest, longest = 0, len(text)
        while shortest < longest:
            middle = (shortest + longest + 1) // 2
            if self.get_string_width(text[:middle] + "…") <= width_mm:
                shortest = middle
            else:
                longest = middle - 1
        return text[:shortest] + "…"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _head(pdf: _Pdf, page: Layout) -> None:
    pdf.write_line("whotop", TITLE_POINTS, MARK)
    pdf.write_line(page.title, HEADING_POINTS, INK)
    pdf.write_line(" · ".join([*page.totals, *filter(None, [page.watched])]), BODY_POINTS, QUIET)


def _draw_table(pdf: _Pdf, table: Table) -> None:
    widths = _widths(table.columns, pdf.epw + GAP_MM)
    pdf.ln(LINE_MM)
    if pdf.will_page_break(5 * LINE_MM):
        pdf.add_page()
    pdf.write_line(table.heading, HEADING_POINTS, INK)
    _draw_heads(pdf, table.columns, widths)
    for row, is_repeated in table.lines():
        if pdf.will_page_break(LINE_MM):
            pdf.add_page()
            _draw_heads(pdf, table.columns, widths)
        pdf.ink(BODY_POINTS, QUIET if is_repeated else INK)
        _draw_cells(pdf, row[:1], table.columns[:1], widths[:1])
        pdf.ink(BODY_POINTS, INK)
        _draw_cells(pdf, row[1:], table.columns[1:], widths[1:])
        pdf.ln(LINE_MM)


def _widths(columns: Sequence[Column], total_mm: float) -> list[float]:
    weights = sum(column.weight for column in columns)
    return [total_mm * column.weight / weights for column in columns]


def _draw_heads(pdf: _Pdf, columns: Sequence[Column], widths: Sequence[float]) -> None:
    pdf.ink(SMALL_POINTS, QUIET)
    _draw_cells(pdf, [column.title for column in columns], columns, widths)
    pdf.ln(LINE_MM)
    pdf.set_draw_color(*RULE)
    pdf.line(pdf.l_margin, pdf.get_y(), pdf.l_margin + pdf.epw, pdf.get_y())


def _draw_cells(pdf: _Pdf, texts: Sequence[str], columns: Sequence[Column], widths: Sequence[float]) -> None:
    for text, column, width in zip(texts, columns, widths, strict=True):
        pdf.write_cell(text, width - GAP_MM, Align.R if column.is_number else Align.L)
        pdf.set_x(pdf.get_x() + GAP_MM)
