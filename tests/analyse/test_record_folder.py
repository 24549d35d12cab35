"""Folders of login records, and rotated copies."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from whotop.analyse.record_folder import files_of, in_series
from whotop.errors import InputError


def chosen(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).touch()
    return [Path(path).name for path in files_of(str(folder))]


def test_rotated_copies_are_read_before_what_came_later() -> None:
    files = ["auth.log", "auth.log.1", "auth.log.2.gz", "auth.log.10.gz"]
    random.Random(1).shuffle(files)
    assert in_series(files) == [["auth.log.10.gz", "auth.log.2.gz", "auth.log.1", "auth.log"]]


def test_copies_may_be_rotated_by_date() -> None:
    files = ["secure", "secure-20261115", "secure-20261108.xz"]
    assert in_series(files) == [["secure-20261108.xz", "secure-20261115", "secure"]]


def test_files_of_different_names_or_folders_are_apart() -> None:
    assert in_series(["a/wtmp", "b/wtmp", "a/btmp", "a/wtmp.1"]) == [["a/wtmp.1", "a/wtmp"], ["b/wtmp"], ["a/btmp"]]


def test_of_a_folder_only_login_records_are_taken(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    found = chosen(
        tmp_path, "wtmp", "wtmp.1", "btmp-20261101.gz", "auth.log", "auth.log.2.gz", "secure", "wtmp.db", "utx.log",
        "Security.evtx", "journal-export.gz", "sshd.json", "syslog", "dpkg.log", "kern.log", "lastlog", "faillog",
        "system.journal", "nginx.log", "boot.log",
    )  # fmt: skip
    assert found == sorted([
        "wtmp", "wtmp.1", "btmp-20261101.gz", "auth.log", "auth.log.2.gz", "secure", "wtmp.db", "utx.log",
        "Security.evtx", "journal-export.gz", "sshd.json",
    ])  # fmt: skip


def test_the_log_of_everything_is_read_where_logins_have_none_of_their_own(tmp_path: Path) -> None:
    assert chosen(tmp_path, "messages", "messages-20261101", "wtmp") == ["messages", "messages-20261101", "wtmp"]


def test_a_folder_without_login_records_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file in this folder"):
        chosen(tmp_path, "dpkg.log")


def test_a_link_that_leads_to_itself_keeps_no_other_file_out(tmp_path: Path) -> None:
    (tmp_path / "auth.log.1").symlink_to("auth.log.1")
    assert chosen(tmp_path, "auth.log") == ["auth.log"]
