"""What a machine's row says."""

from __future__ import annotations

from datetime import UTC

import msgspec
import pytest

from tests.tui.small_fleet import NOW_US, machine, whole_fleet
from whotop.clock import ManualClock
from whotop.core.feed import Batch, MachineChanged
from whotop.core.fleet import Fleet
from whotop.core.query import parse_query
from whotop.model import Origin
from whotop.tui.options import Limits
from whotop.tui.views.machines import MachinesView
from whotop.tui.views.scene import Scene
from whotop.tui.views.view import ViewRow


@pytest.fixture
def view() -> MachinesView:
    """Of a fleet in which the wtmp of web-01 makes no sense."""
    fleet = Fleet()
    fleet.apply(Batch(1, NOW_US, tuple(whole_fleet())))
    known = machine("web-01")
    origins = tuple(msgspec.structs.replace(one, corrupt=one.origin is Origin.WTMP) for one in known.origins)
    fleet.apply(Batch(2, NOW_US, (MachineChanged(msgspec.structs.replace(known, origins=origins)),)))
    return MachinesView(Scene(fleet, ManualClock(NOW_US), UTC, Limits()))


def test_a_file_that_makes_no_sense_is_named_in_the_place_of_what_it_should_tell(view: MachinesView) -> None:
    assert [("wtmp corrupt", "alert_warn")] in view.cells("web-01")
    assert not any("corrupt" in text for cell in view.cells("web-02") for text, _ in cell)


@pytest.mark.parametrize("query", ["state:corrupt", "corrupt"])
def test_machines_with_such_a_file_are_found(view: MachinesView, query: str) -> None:
    asked = parse_query(query, view.fields)
    assert [key for key in view.rows() if asked.matches(ViewRow(view, key))] == ["web-01"]


def test_more_than_its_allowance_is_told_in_the_same_place(view: MachinesView) -> None:
    flooding = msgspec.structs.replace(machine("web-02"), not_kept=12_345)
    view.fleet.apply(Batch(3, NOW_US, (MachineChanged(flooding),)))
    assert [("12,345 not kept", "alert_warn")] in view.cells("web-02")
    assert "12,345 not kept" in view.visible("web-02")
