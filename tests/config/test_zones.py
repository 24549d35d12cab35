from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from whotop.config import zones
from whotop.config.zones import local_zone, zone_named


def test_a_zone_is_found_by_name() -> None:
    assert zone_named("Europe/Berlin") == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "minutes"),
    [("+03:00", 180), ("UTC+3", 180), ("GMT+2", 120), ("UT-05:30", -330), ("-0330", -210), ("+9", 540), ("Z", 0)],
)
def test_an_offset_is_a_zone_too(name: str, minutes: int) -> None:
    assert zone_named(name).utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "name", ["+19:00", "UTC+", "+3:0", "3", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "\x00"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        zone_named(name)


def test_no_name_means_this_computers_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert zone_named("") == ZoneInfo("Asia/Tokyo")


def test_this_computers_zone_is_what_etc_localtime_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    source = next(Path(folder) / "Asia/Tokyo" for folder in ("/usr/share/zoneinfo",))
    if not source.is_file():
        pytest.skip("no /usr/share/zoneinfo on this computer")
    (tmp_path / "localtime").write_bytes(source.read_bytes())
    monkeypatch.setattr(zones, "LOCAL_ZONE_FILE", tmp_path / "localtime")
    assert (
        datetime(2026, 1, 1, tzinfo=local_zone()).utcoffset()
        == datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")).utcoffset()
    )


def test_a_computer_without_a_zone_is_in_utc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(zones, "LOCAL_ZONE_FILE", tmp_path / "none")
    assert local_zone() is UTC


def test_a_name_that_goes_deeper_than_any_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        zone_named("a/" * 5_000)
