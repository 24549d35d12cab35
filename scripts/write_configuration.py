"""Makes the tables of fields in docs/configuration.md anew, from the structs that hold them."""

from __future__ import annotations

from pathlib import Path

from whotop.cli.field_tables import with_current_tables

page = Path(__file__).parents[1] / "docs" / "configuration.md"
page.write_text(with_current_tables(page.read_text("utf-8")), "utf-8")
