"""Whatever a machine calls its users, ttys and itself: a report shows it and does nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from whotop.core.report import Report
from whotop.render import Format, exit_text, render
from whotop.render.csv_table import guarded
from whotop.render.markdown_lines import escaped
from whotop.text import safe

HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m\x90q\x9c",
    "[/]",
    "[@click=app.quit]x[/]",
    "\u202egnp.exe",
    "a" * 300,
    "line\nbreak\r\ttab",
    "<script>alert(1)</script><img src=x onerror=y>",
    "\" onclick='x' </td></table></style>",
    "](javascript:alert(1)) ![x](http://evil/x) `code` |cell| <b>",
    "www.evil.example https://evil.example a@b.example",
    '=HYPERLINK("http://evil")',
    " ;=1+1",
    "'; DROP TABLE users; --",
    "{nb} %s {0} ${x}",
    "中文 émile \U0001f600 שלום",
    "e" + "\u0301" * 40,
    "\ud800 lone",
]

names = st.text(max_size=40) | st.sampled_from(HOSTILE)
MakeReport = Callable[[str], Report]
any_name = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shown(name: str) -> str:
    return safe(name, 1_024)


@any_name
@given(names)
def test_no_text_format_holds_control_characters(report_of_name: MakeReport, name: str) -> None:
    report = report_of_name(name)
    texts = [render(report, format_).decode() for format_ in Format if format_ is not Format.PDF]
    for text in [*texts, exit_text(report, 24, None)]:
        assert not any(
            ord(character) < 32 or 127 <= ord(character) < 160
            for character in text.replace("\r\n", "").replace("\n", "")
        )
        assert "\u202e" not in text


@any_name
@given(names)
def test_text_has_the_same_lines_for_any_name(report_of_name: MakeReport, name: str) -> None:
    assert render(report_of_name(name), Format.TEXT).decode().count("\n") == 9


@any_name
@given(names)
def test_csv_reads_back_as_the_same_table(report_of_name: MakeReport, name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(render(report_of_name(name), Format.CSV).decode(), newline="")))
    assert [row["user"] for row in rows] == [guarded(shown(name)), "", guarded(shown(name)), "", guarded(shown(name))]


@any_name
@given(names)
def test_no_csv_cell_begins_like_a_formula(report_of_name: MakeReport, name: str) -> None:
    for row in csv.reader(io.StringIO(render(report_of_name(name), Format.CSV).decode(), newline="")):
        for cell in row:
            for part in cell.split(";"):
                assert part.lstrip(' "')[:1] not in {*"=+-@\t\r", "＝", "＋", "－", "＠"}


@any_name
@given(names)
def test_html_has_the_same_tags_for_any_name(report_of_name: MakeReport, name: str) -> None:
    page = Tags(render(report_of_name(name or "x"), Format.HTML).decode())
    usual = Tags(render(report_of_name("ann"), Format.HTML).decode())
    assert page.tags == usual.tags
    if name:
        assert shown(name) in page.texts


@any_name
@given(names)
def test_markdown_rows_have_the_same_cells_for_any_name(report_of_name: MakeReport, name: str) -> None:
    def structure(of: str) -> list[int]:
        lines = render(report_of_name(of), Format.MARKDOWN).decode().splitlines()
        return [line.replace("\\\\", "").replace("\\|", "").count("|") for line in lines]

    assert structure(name or "x") == structure("ann")


@pytest.mark.parametrize("name", ["`a`", "[a](b)", "<b>", "a|b", "*a*", "_a_", "~a~", "![a]", "\\", "$a$", "&lt;"])
def test_markdown_markup_is_escaped(name: str) -> None:
    assert escaped(name).replace("\\\\", "").count("\\") + escaped(name).count("\\\\") > 0


def test_markdown_makes_no_links_of_bare_addresses() -> None:
    assert escaped("https://x www.y a@b") == "https\\:/" + "/x www\\.y a\\@b"


@pytest.mark.parametrize("name", HOSTILE)
def test_pdf_is_made_of_any_name(report_of_name: MakeReport, name: str) -> None:
    pages = PdfReader(io.BytesIO(render(report_of_name(name), Format.PDF))).pages
    assert "Who is on which machine" in pages[0].extract_text()


def test_pdf_shows_escapes_for_what_its_font_lacks(report_of_name: MakeReport) -> None:
    text = PdfReader(io.BytesIO(render(report_of_name("中é{nb}"), Format.PDF))).pages[0].extract_text()
    assert "\\u4e2dé{nb}" in text
