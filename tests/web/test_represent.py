from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec import UNSET

from whotop.web.question import Kind
from whotop.web.represent import kind_of, table


class Row(msgspec.Struct, rename={"source": "from"}):
    user: str
    source: str | None
    at: datetime
    names: tuple[str, ...]
    share: float


AT = datetime(2026, 11, 20, 3, 12, 7, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", Kind.JSON),
        ("*/*", Kind.JSON),
        ("application/json", Kind.JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Kind.HTML),
        ("text/plain", Kind.TEXT),
        ("application/json, text/plain, text/html, text/csv", Kind.CSV),
        ("TEXT/CSV; header=present", Kind.CSV),
        ("text/csv;q=0, text/plain;q=0.1", Kind.TEXT),
        ("text/csv; q=0.000, */*", Kind.JSON),
        ("application/pdf", Kind.JSON),
        (";;;q=,,=", Kind.JSON),
    ],
)
def test_the_accept_header_is_looked_through_in_one_order(accept: str, kind: Kind) -> None:
    assert kind_of(UNSET, accept) is kind


def test_a_parameter_beats_the_header() -> None:
    assert kind_of(Kind.TEXT, "text/html") is Kind.TEXT


def test_a_table_of_csv_is_safe_to_open_in_a_spreadsheet() -> None:
    rows = [Row('=HYPERLINK("x")', None, AT, ("a", "b"), 1 / 3)]
    assert table(rows, Row, Kind.CSV, "rows").decode().split("\r\n") == [
        "user,from,at,names,share",
        '"\'=HYPERLINK(""x"")",,2026-11-20T03:12:07.250Z,a b,0.3333333333',
        "",
    ]


def test_a_table_of_html_shows_markup_as_text() -> None:
    page = table([Row("<script>", None, AT, (), 0.0)], Row, Kind.HTML, "rows & more").decode()
    assert "<td>&lt;script&gt;</td>" in page
    assert "rows &amp; more" in page
    assert "<script" not in page


def test_a_table_of_text_stands_in_columns() -> None:
    lines = table([Row("alice", "10.0.0.1", AT, (), 1.0)], Row, Kind.TEXT, "rows").decode().splitlines()
    assert [line.index(word) for line, word in zip(lines, ("from", "10.0.0.1"), strict=True)] == [7, 7]


def test_an_empty_table_has_its_heading() -> None:
    assert table([], Row, Kind.TEXT, "rows") == b"user  from  at  names  share\n"
