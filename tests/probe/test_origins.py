"""What the probe says of each place where logins may be kept."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path

from whotop.probe.linux.origins import can_be_read, origin_report, origin_reports

BOOT_US = 1_763_700_000_000_000


def report(name: str, *paths: Path) -> dict[str, object]:
    return origin_report(name, tuple(map(os.fsencode, paths)))


def test_the_first_place_that_there_is_counts(tmp_path: Path) -> None:
    (tmp_path / "secure").write_bytes(b"a line\n")
    told = report("auth.log", tmp_path / "auth.log", tmp_path / "secure")
    assert (told["name"], told["state"]) == ("auth.log", "readable")
    assert b64decode(str(told["path"])) == os.fsencode(tmp_path / "secure")


def test_it_says_when_it_was_last_written_to(tmp_path: Path) -> None:
    wtmp = tmp_path / "wtmp"
    wtmp.touch()
    os.utime(wtmp, ns=(0, 1_763_726_400_123_456_789))
    assert report("wtmp", wtmp)["changed_us"] == 1_763_726_400_123_456


def test_what_is_nowhere_is_absent_and_named_by_its_usual_place(tmp_path: Path) -> None:
    told = report("wtmp", tmp_path / "wtmp", tmp_path / "elsewhere")
    assert told["state"] == "absent"
    assert b64decode(str(told["path"])) == os.fsencode(tmp_path / "wtmp")


def test_an_empty_utmp_is_one_that_nobody_writes_and_an_empty_wtmp_may_yet_be_written(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert report("utmp", tmp_path / "empty")["state"] == "absent"
    assert report("wtmp", tmp_path / "empty")["state"] == "readable"


def test_of_times_only_those_that_pass_the_boot_are_a_change() -> None:
    reports = origin_reports()
    before = can_be_read(reports, BOOT_US)
    for one in reports:
        one["changed_us"] = BOOT_US + 1
    fresh = can_be_read(reports, BOOT_US)
    for one in reports:
        one["changed_us"] = BOOT_US + 2
    assert can_be_read(reports, BOOT_US) == fresh
    for one in reports:
        one["changed_us"] = BOOT_US
    assert can_be_read(reports, BOOT_US) != fresh
    assert len(before) == len(reports)
