"""CSV as the older analyser split it, cell by cell."""

from __future__ import annotations

import io

import pytest

from whotop.analyse.login_windows.csv_rows import LONGEST_QUOTE, CsvRow, csv_rows


def rows(text: str) -> list[CsvRow]:
    return list(csv_rows(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a,b,c", ["a", "b", "c"]),
        ('"a","b","c"', ["a", "b", "c"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"say ""hi""",c', ['say "hi"', "c"]),
        ('"","""",c,', ["", '"', "c", ""]),
        ('""', [""]),
        (",", ["", ""]),
        (" a , b", [" a ", " b"]),
        ('a"",b', ['a"', "b"]),
        ('a",b,c', ["a,b", "c"]),
        ("a\tb,c", ["a\tb", "c"]),
    ],
)
def test_cells_end_with_a_comma_and_quotes_hold_one(line: str, cells: list[str]) -> None:
    assert rows(line + "\n") == [CsvRow(1, cells)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('a, "b"', "a space before a quote"),
        ('a,  \t"b"', "a space before a quote"),
        (' "a",b', "a space before a quote"),
        ('a"b,c', "a quote within a cell"),
        ('a,b"', "a quote within a cell"),
        ('"a" ,b', "behind its closing quote"),
        ('"a"b,c', "behind its closing quote"),
        ('""a,c', "behind its closing quote"),
    ],
)
def test_a_quote_has_its_place(line: str, fault: str) -> None:
    bad, good = rows(f"{line}\nd,e\n")
    assert fault in bad.fault
    assert good == CsvRow(2, ["d", "e"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_know_their_lines_whatever_ends_these(end: str) -> None:
    assert rows(end.join(["a,b", "", '"c', 'd",e', "f,g"])) == [
        CsvRow(1, ["a", "b"]),
        CsvRow(3, [f"c{end}d", "e"]),
        CsvRow(5, ["f", "g"]),
    ]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_separator_of_unicode_ends_a_row_but_not_a_quoted_cell(separator: str) -> None:
    assert [row.cells for row in rows(f'a,b{separator}"c{separator}d",e\n')] == [["a", "b"], [f"c{separator}d", "e"]]


def test_a_file_put_behind_another_may_bring_its_byte_order_mark() -> None:
    assert rows('a,b\n\ufeff"c",d\n') == [CsvRow(1, ["a", "b"]), CsvRow(2, ["c", "d"])]


@pytest.mark.parametrize("behind", ["c,d\ne,f\n", "c,d\n" * (LONGEST_QUOTE // 2)])
def test_a_quote_that_is_never_closed_spoils_its_own_line_alone(behind: str) -> None:
    bad, *good = rows('"a,b\n' + behind)
    assert bad == CsvRow(1, [], "a quote is not closed")
    assert len(good) == behind.count("\n")
    assert good[0] == CsvRow(2, ["c", "d"])
