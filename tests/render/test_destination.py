from __future__ import annotations

import os
from pathlib import Path

import pytest

from whotop.errors import UsageError
from whotop.render.destination import check_destination


def test_a_new_file_an_old_one_and_a_device_will_do(tmp_path: Path) -> None:
    check_destination(tmp_path / "new.html")
    (tmp_path / "old.txt").touch()
    check_destination(tmp_path / "old.txt")
    check_destination("/dev/null")


def test_nothing_is_written(tmp_path: Path) -> None:
    check_destination(tmp_path / "new.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("r.doc", "a report cannot be written as .doc"),
        ("folder", r"this is a folder \(name a file in it\)"),
        ("no/such/r.txt", r"there is no folder .*/no/such \(make it, or name another file\)"),
        ("file/r.txt", "there is no folder"),
    ],
)
def test_what_cannot_be_written_is_said_with_the_mend(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=message):
        check_destination(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="cannot be written to"):
        check_destination(tmp_path / "r.txt")
