"""docs/filter.md: every example in it is understood, every mistake is told in its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whotop.core.query import QueryError, parse_query
from whotop.core.report_where import FIELDS

TEXT = (Path(__file__).parents[2] / "docs" / "filter.md").read_text(encoding="utf-8")
EXPLAINED, _, MISTAKES = TEXT.partition("## Mistakes")
ROW = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)


def columns() -> dict[str, set[str]]:
    rows = re.findall(r"^\| ([a-z ]+) \| ([a-z, ]+) \|$", EXPLAINED.partition("## What the columns")[2], re.MULTILINE)
    return {table: set(names.split(", ")) for table, names in rows if table != "table"}


ALL = set().union(*columns().values())


@pytest.mark.parametrize("example", [example for example, _ in ROW.findall(EXPLAINED)])
def test_an_example_is_understood(example: str) -> None:
    assert not parse_query(example, ALL).is_empty


@pytest.mark.parametrize(("mistake", "what"), ROW.findall(MISTAKES))
def test_a_mistake_is_told_as_the_page_says(mistake: str, what: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(mistake, columns()["machines"])
    assert caught.value.what == what


def test_the_columns_of_a_report_are_those_of_the_page() -> None:
    assert columns()["report"] == FIELDS


def test_the_quoting_example_is_understood() -> None:
    assert '`"say ""hello"""`' in EXPLAINED
    parse_query('"say ""hello"""', ALL)
