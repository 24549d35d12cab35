"""docs/filter.md names the columns that each table can be filtered by, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whotop.tui.views.alerts import AlertsView
from whotop.tui.views.events import EventsView
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.machines import MachinesView
from whotop.tui.views.reached import ReachedView
from whotop.tui.views.recent import RecentView
from whotop.tui.views.series import SeriesView
from whotop.tui.views.sessions import SessionsView
from whotop.tui.views.sources import SourcesView
from whotop.tui.views.users import UsersView

PAGE = (Path(__file__).parents[2] / "docs" / "filter.md").read_text(encoding="utf-8")
FIELDS = {
    "machines": MachinesView.fields,
    "users": UsersView.fields,
    "sessions": SessionsView.fields,
    "recent sessions": RecentView.fields,
    "sources": SourcesView.fields,
    "series": SeriesView.fields,
    "reached": ReachedView.fields,
    "failed logins": FailedLoginsView.fields,
    "alerts": AlertsView.fields,
    "events": EventsView.fields,
}


@pytest.mark.parametrize("table", FIELDS)
def test_the_page_names_the_columns_of_a_table(table: str) -> None:
    row = re.search(rf"^\| {table} \| (.*) \|$", PAGE, re.MULTILINE)
    assert row is not None
    assert set(row[1].split(", ")) == FIELDS[table]
