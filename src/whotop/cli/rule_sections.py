"""The sections of docs/rules.md, one for each rule, made from the tables of settings and their docstrings."""

from __future__ import annotations

import inspect
import re

from whotop.cli.field_tables import field_table
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import RuleTable

_MARKED = re.compile(r"(<!-- rules -->\n).*?(\n<!-- end -->)", re.DOTALL)


def with_current_rules(page: str) -> str:
    """``page`` with what stands between ``<!-- rules -->`` and ``<!-- end -->`` made anew."""
    sections = "\n\n".join(_section(name, table) for name, table in RuleSettings().tables().items())
    return _MARKED.sub(lambda match: match[1] + sections + match[2], page)


def _section(name: str, table: RuleTable) -> str:
    text = re.sub(r"\s*\n\s*", " ", inspect.getdoc(table) or "")
    places = ", ".join(f"`{place}`" for place in table.scoped_by)
    everywhere = ", ".join(f"`{field.removesuffix('_seconds')}`" for field in sorted(table.fleet_wide))
    scopes = f"Scopes may name {places}" + (f"; {everywhere} hold everywhere." if everywhere else ".")
    state = "" if table.on else " Off until switched on."
    return f"### `[rules.{name}]`\n\n{text}{state}\n{scopes}\n\n{field_table(type(table))}"
