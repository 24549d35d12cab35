"""Whose records a file holds, where it is kept for good."""

from __future__ import annotations

import platform

import pytest

from whotop.analyse.ownership import Ownership, StrictOwnership
from whotop.errors import InputError


@pytest.mark.parametrize(
    ("path", "machine"),
    [
        ("/data/web-01.wtmp", "web-01"),
        ("/data/wtmp.web-01.gz", "web-01"),
        ("/data/web-01/auth.log.1", "web-01"),
        ("/data/web-01.example.org-wtmp-20261101.gz", "web-01.example.org"),
        ("/data/last-db-02.txt", "db-02"),
        ("/data/wtmp-10.0.0.5", "10.0.0.5"),
        ("/data/wtmp-10.0.0.5.1.gz", "10.0.0.5"),
        ("/data/10.0.0.7.wtmp.2", "10.0.0.7"),
        ("/data/10.0.0.5/wtmp.1", "10.0.0.5"),
        ("/data/db.old/wtmp", "db.old"),
        ("/data/auth.example.com/wtmp", "auth.example.com"),
        ("/data/event-01.wtmp", "event-01"),
        ("/data/db-01/auth-2.log", "db-01"),
        ("/data/log.old/wtmp", "wtmp"),
        ("/var/log/wtmp", platform.node()),
        ("/var/log/auth.log.2.gz", platform.node()),
        ("-", "standard input"),
    ],
)
def test_a_file_is_called_after_its_machine_or_its_folder_is(path: str, machine: str) -> None:
    assert Ownership().of_file(path) == machine


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


@pytest.mark.parametrize("owner", [Ownership(), StrictOwnership()])
def test_a_machine_has_a_short_name_and_a_long_one(owner: Ownership) -> None:
    owner.of_host("/data/auth.log", "web-01")
    owner.of_host("/data/journal.export", "web-01.example.org")
    assert owner.of_file("/data/wtmp") == "web-01"


def test_where_the_logs_name_several_machines_nothing_is_guessed_for_what_is_kept() -> None:
    owner = StrictOwnership()
    owner.of_host("/data/auth.log", "web-01")
    owner.of_host("/data/auth.log", "web-02")
    with pytest.raises(InputError, match=r"the logs beside it name web-01 and web-02\): say --machine"):
        owner.of_file("/data/wtmp")


def test_a_file_may_be_named_after_its_machine() -> None:
    assert StrictOwnership().of_file("/data/web-07.wtmp.1.gz") == "web-07"


def test_the_systems_own_folder_is_this_computers() -> None:
    own = platform.node()
    assert StrictOwnership().of_file("/var/log/wtmp.1") == own
    assert StrictOwnership().of_host("/var/log/auth.log", own.partition(".")[0]) == own


@pytest.mark.parametrize("path", ["/data/wtmp", "/data/web-01/wtmp.1", "/data/auth-2.log", "-"])
def test_nothing_is_guessed(path: str) -> None:
    with pytest.raises(InputError, match="--machine"):
        StrictOwnership().of_file(path)


@pytest.mark.parametrize("name", ["wtmp.old", "wtmp.1.bak", "wtmp~", "btmp.orig", "wtmp.copy.gz"])
def test_a_copy_that_somebody_kept_is_of_the_machine_of_its_folder(name: str) -> None:
    owner = StrictOwnership()
    owner.of_host("/data/auth.log", "web-01")
    assert owner.of_file(f"/data/{name}") == "web-01"
