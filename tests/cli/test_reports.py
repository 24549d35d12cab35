from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from whotop.cli.reports import Reports
from whotop.clock import ManualClock
from whotop.config.settings import ReportTable
from whotop.core.fleet import Fleet
from whotop.errors import ConfigError

NOON_US = 1_795_262_400_000_000


def reports(file: Path | str = "") -> Reports:
    return Reports(ReportTable(file=str(file)), UTC, ManualClock(NOON_US), NOON_US)


def test_a_snapshot_lies_beside_the_report_under_a_name_of_its_own(tmp_path: Path) -> None:
    written = reports(tmp_path / "fleet.json").snapshot(Fleet())
    assert written == tmp_path / "fleet-2026-11-21-120000.json"


def test_without_a_report_of_ones_own_snapshots_lie_in_a_private_folder(home: Path) -> None:
    written = reports().snapshot(Fleet())
    assert written == home / ".local/state/whotop/whotop-2026-11-21-120000.txt"
    assert written.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(home: Path) -> None:
    (home / ".local").touch()
    with pytest.raises(ConfigError, match=r"no report can be left there: .*name a file with --report"):
        _ = reports().folder
