from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from whotop.cli.field_tables import TABLES, field_table, with_current_tables

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")


def test_the_tables_of_fields_are_current() -> None:
    assert with_current_tables(PAGE) == PAGE, "run scripts/write_configuration.py"


@pytest.mark.parametrize("name", TABLES)
def test_every_field_is_on_the_page(name: str) -> None:
    for field in msgspec.structs.fields(TABLES[name]):
        assert f"| `{field.name.removesuffix('_seconds')}` |" in PAGE


@pytest.mark.parametrize("name", TABLES)
def test_every_field_has_its_meaning(name: str) -> None:
    assert not [row for row in field_table(TABLES[name]).splitlines()[2:] if row.endswith("|  |")]
