from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from pathlib import Path
from typing import get_args

import pytest

from whotop.cli.reports import Reports
from whotop.clock import ManualClock
from whotop.config.settings import ReportFormat, ReportTable
from whotop.core.fleet import Fleet
from whotop.core.periods import Period
from whotop.core.usage import PeriodUsage, UsageReport
from whotop.errors import ConfigError, StoreError, WhotopError
from whotop.model import Machine
from whotop.render.formats import Format, format_of

NOON_US = 1_795_262_400_000_000


def reports(file: Path | str = "") -> Reports:
    return Reports(ReportTable(file=str(file)), UTC, ManualClock(NOON_US), NOON_US)


def test_a_snapshot_lies_beside_the_report_under_a_name_of_its_own(tmp_path: Path) -> None:
    written = reports(tmp_path / "fleet.json").snapshot(Fleet())
    assert written == tmp_path / "fleet-2026-11-21-120000.json"


def test_two_snapshots_of_one_second_are_two_files(tmp_path: Path) -> None:
    first, second = (reports(tmp_path / "fleet.json").snapshot(Fleet()) for _ in range(2))
    assert second == tmp_path / "fleet-2026-11-21-120000-2.json"
    assert first.read_text() == second.read_text() != ""


@pytest.mark.parametrize("wanted", ["text", "table", "markdown", "json"])
def test_a_snapshot_in_a_named_format_has_the_ending_of_that(tmp_path: Path, wanted: ReportFormat) -> None:
    table = ReportTable(file=str(tmp_path / "fleet.csv"), format=wanted)
    assert format_of(Reports(table, UTC, ManualClock(NOON_US), NOON_US).snapshot(Fleet())) == wanted


def test_every_format_can_be_configured() -> None:
    assert get_args(ReportFormat) == tuple(Format)


def test_where_no_snapshot_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(WhotopError):
        reports(tmp_path / "fleet.doc").snapshot(Fleet())
    with pytest.raises(WhotopError, match=r"the report cannot be written: No such file"):
        reports(tmp_path / "nowhere" / "fleet.json").snapshot(Fleet())
    assert not list(tmp_path.glob("fleet*"))


USAGE = UsageReport(
    period=Period.WEEK,
    start=date(2026, 11, 16),
    end=date(2026, 11, 21),
    time_zone="UTC",
    periods=(PeriodUsage(date(2026, 11, 22), 12, 40),),
)


def with_usage(tmp_path: Path, ask: Callable[[], UsageReport]) -> Reports:
    table = ReportTable(file=str(tmp_path / "fleet.txt"))
    return Reports(table, UTC, ManualClock(NOON_US), NOON_US, ask)


def test_usage_is_told_where_that_is_wanted(tmp_path: Path) -> None:
    text = with_usage(tmp_path, lambda: USAGE).snapshot(Fleet()).read_text()
    assert text == "usage: 12 users in the week to 2026-11-22\n"


def test_the_last_report_is_left_though_usage_cannot_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask() -> UsageReport:
        raise StoreError("the disk is gone")

    fleet = Fleet()
    fleet.machines["web-01"] = Machine(name="web-01", address="web-01")
    with_usage(tmp_path, ask).leave(fleet, seen=True)
    assert (tmp_path / "fleet.txt").exists()
    assert capsys.readouterr().err == "whotop: the disk is gone\n"


def test_without_a_report_of_ones_own_snapshots_lie_in_a_private_folder(home: Path) -> None:
    written = reports().snapshot(Fleet())
    assert written == home / ".local/state/whotop/whotop-2026-11-21-120000.txt"
    assert written.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(home: Path) -> None:
    (home / ".local").touch()
    with pytest.raises(ConfigError, match=r"no report can be left there: .*name a file with --report"):
        _ = reports().folder
