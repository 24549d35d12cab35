"""Whose records a file holds, where it is kept for good."""

from __future__ import annotations

import platform

import pytest

from whotop.analyse.ownership import StrictOwnership
from whotop.errors import InputError


def test_what_the_user_says_goes_before_all() -> None:
    owner = StrictOwnership("db-1")
    assert owner.of_file("/data/web-01.wtmp") == "db-1"
    assert owner.of_host("/data/auth.log", "ip-10-0-0-1") == "db-1"
    assert owner.of_host("/data/auth.log", "ip-10-0-0-1") == "db-1"


def test_one_name_is_not_given_to_several_machines() -> None:
    owner = StrictOwnership("db-1")
    owner.of_host("/data/auth.log", "web-01")
    with pytest.raises(InputError, match="several machines, web-01 and web-02"):
        owner.of_host("/data/auth.log", "web-02")


def test_records_are_of_the_machine_that_the_logs_beside_them_name() -> None:
    owner = StrictOwnership()
    assert owner.of_host("/data/auth.log", "web-01") == "web-01"
    assert owner.of_file("/data/wtmp") == "web-01"


def test_a_file_may_be_named_after_its_machine() -> None:
    assert StrictOwnership().of_file("/data/web-07.wtmp.1.gz") == "web-07"


def test_the_systems_own_folder_is_this_computers() -> None:
    own = platform.node()
    assert StrictOwnership().of_file("/var/log/wtmp.1") == own
    assert StrictOwnership().of_host("/var/log/auth.log", own.partition(".")[0]) == own


@pytest.mark.parametrize("path", ["/data/wtmp", "/data/web-01/wtmp.1", "-"])
def test_nothing_is_guessed(path: str) -> None:
    with pytest.raises(InputError, match="--machine"):
        StrictOwnership().of_file(path)


@pytest.mark.parametrize("name", ["wtmp.old", "wtmp.1.bak", "wtmp~", "btmp.orig", "wtmp.copy.gz"])
def test_a_copy_that_somebody_kept_is_of_the_machine_of_its_folder(name: str) -> None:
    owner = StrictOwnership()
    owner.of_host("/data/auth.log", "web-01")
    assert owner.of_file(f"/data/{name}") == "web-01"
