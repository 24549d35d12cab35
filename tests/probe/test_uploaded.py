"""The folder of an uploaded probe: new, ours alone, and gone again; whatever others have put in its way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from whotop import probe
from whotop.probe import uploaded
from whotop.probe.uploaded import STALE_SECONDS, NotOurs

SOURCE = b"print('I run')\n"
DIGEST = sha256(SOURCE).hexdigest()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What TMPDIR names there: anybody may make files in it, and nobody may exchange those of others."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def put_by_sftp(temporary: Path, source: bytes = SOURCE, mode: int = 0o700) -> Path:
    folder = temporary / "whotop.0123456789"
    folder.mkdir()
    folder.chmod(mode)
    (folder / "marker").touch()
    (folder / "probe").write_bytes(source)
    return folder


def made_here(source: bytes = SOURCE) -> bytes:
    return uploaded.uploaded("", DIGEST, len(source), source)


def taken_from(folder: Path) -> bytes:
    return uploaded.uploaded(str(folder), DIGEST, len(SOURCE), b"")


def test_what_comes_through_standard_input_lies_in_a_new_private_folder_for_a_moment(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int, set[str]]] = []
    read = uploaded.read_checked

    def look(folder: int, size: int, digest: str) -> bytes:
        (made,) = temporary.iterdir()
        seen.append(
            (
                made.stat().st_mode & 0o7777,
                (made / "probe").stat().st_mode & 0o7777,
                {file.name for file in made.iterdir()},
            )
        )
        return read(folder, size, digest)

    monkeypatch.setattr(uploaded, "read_checked", look)
    assert made_here() == SOURCE
    assert seen == [(0o700, 0o600, {"marker", "probe"})]
    assert list(temporary.iterdir()) == []


def test_what_came_over_sftp_is_taken_and_removed(temporary: Path) -> None:
    assert taken_from(put_by_sftp(temporary)) == SOURCE
    assert list(temporary.iterdir()) == []


def test_another_source_than_the_one_that_was_sent_is_not_run(temporary: Path) -> None:
    with pytest.raises(NotOurs, match="not the one that was sent"):
        taken_from(put_by_sftp(temporary, SOURCE.replace(b"I", b"J")))
    assert list(temporary.iterdir()) == []


def test_a_longer_source_that_begins_like_it_is_not_run(temporary: Path) -> None:
    with pytest.raises(NotOurs, match="not the one that was sent"):
        taken_from(put_by_sftp(temporary, SOURCE + bytes(10_000_000)))


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_folder_that_others_may_look_into_is_not_used(temporary: Path, mode: int) -> None:
    folder = put_by_sftp(temporary, mode=mode)
    with pytest.raises(NotOurs, match="not ours alone"):
        taken_from(folder)
    assert (folder / "probe").exists()


def test_somebody_elses_folder_is_not_used(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put_by_sftp(temporary)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(NotOurs, match="not ours alone"):
        taken_from(folder)


def test_a_link_in_the_place_of_the_folder_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    elsewhere = put_by_sftp(tmp_path)
    (temporary / "whotop.link").symlink_to(elsewhere)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        taken_from(temporary / "whotop.link")
    assert (elsewhere / "probe").exists()


def test_a_link_in_the_place_of_the_source_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    folder = put_by_sftp(temporary)
    (tmp_path / "theirs").write_bytes(SOURCE)
    (folder / "probe").unlink()
    (folder / "probe").symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        taken_from(folder)
    assert (tmp_path / "theirs").read_bytes() == SOURCE


def test_a_hard_link_to_a_file_of_others_is_not_run(temporary: Path, tmp_path: Path) -> None:
    folder = put_by_sftp(temporary)
    os.link(folder / "probe", tmp_path / "second name")
    with pytest.raises(NotOurs, match="not ours alone"):
        taken_from(folder)


def test_what_lies_in_the_way_is_never_written_over(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foretold = bytes(10)
    monkeypatch.setattr(os, "urandom", lambda count: foretold[:count])
    theirs = temporary / ("whotop." + foretold.hex())
    theirs.mkdir()
    (theirs / "probe").write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        made_here()
    assert (theirs / "probe").read_bytes() == b"theirs"


def test_a_folder_that_is_exchanged_for_a_link_before_it_is_opened_is_refused(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    make = os.mkdir

    def race(path: str, mode: int) -> None:
        make(path, mode)
        Path(path).rename(tmp_path / "ours")
        Path(path).symlink_to(theirs)

    monkeypatch.setattr(os, "mkdir", race)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        made_here()
    assert list(theirs.iterdir()) == []


def test_a_temporary_folder_where_others_can_exchange_files_is_refused(temporary: Path) -> None:
    temporary.chmod(0o777)
    with pytest.raises(NotOurs, match="others could exchange what lies there"):
        made_here()


def left_behind(temporary: Path, name: str, *, maker: bytes, age_seconds: float) -> Path:
    folder = temporary / name
    folder.mkdir(mode=0o700)
    (folder / "marker").write_bytes(maker)
    (folder / "probe").write_bytes(SOURCE)
    then = time.time() - age_seconds
    os.utime(folder / "marker", (then, then))
    return folder


def test_what_a_killed_probe_left_behind_is_swept_after_a_day(temporary: Path) -> None:
    left_behind(temporary, "whotop.old", maker=b"4194999", age_seconds=STALE_SECONDS + 60)
    young = left_behind(temporary, "whotop.young", maker=b"4194999", age_seconds=STALE_SECONDS - 60)
    alive = left_behind(temporary, "whotop.alive", maker=b"%d" % os.getpid(), age_seconds=STALE_SECONDS + 60)
    other = left_behind(temporary, "somebody.old", maker=b"4194999", age_seconds=STALE_SECONDS + 60)
    made_here()
    assert set(temporary.iterdir()) == {young, alive, other}


def test_the_sweep_touches_no_links_and_nothing_that_it_did_not_put_there(temporary: Path, tmp_path: Path) -> None:
    theirs = left_behind(tmp_path, "whotop.theirs", maker=b"", age_seconds=STALE_SECONDS + 60)
    (temporary / "whotop.link").symlink_to(theirs)
    mixed = left_behind(temporary, "whotop.mixed", maker=b"", age_seconds=STALE_SECONDS + 60)
    (mixed / "precious").touch()
    made_here()
    assert (theirs / "probe").exists()
    assert (mixed / "precious").exists()


def started(environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """The loader with an uploaded source, and nothing behind it."""
    return subprocess.run(
        ["/bin/sh", "-c", probe.LOADER],
        input=probe.upload_opening(),
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )


def test_a_read_only_folder_is_named_in_one_line_with_a_status_of_its_own(tmp_path: Path) -> None:
    ended = started({"TMPDIR": str(tmp_path / "missing")})
    assert ended.returncode == probe.NO_UPLOAD_STATUS
    assert ended.stderr == b"the probe cannot be uploaded: %b: No such file or directory\n" % bytes(
        tmp_path / "missing"
    )


def test_a_full_folder_is_named_and_left_as_it_was(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        made_here()
    assert list(temporary.iterdir()) == []


def test_a_probe_that_lay_in_a_file_runs_and_leaves_nothing(temporary: Path) -> None:
    ended = started({})
    assert b"Farewell" not in ended.stderr
    assert ended.returncode == 0, ended.stderr
    assert list(temporary.iterdir()) == []


def test_nothing_in_it_needs_more_than_python_3_6() -> None:
    arguments = ["-t=3.6-", "--no-tips", "--eval-annotations", str(uploaded.__file__)]
    command = [sys.executable, "-c", "import vermin; vermin.main()", *arguments]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_both_ends_call_the_files_alike() -> None:
    assert (uploaded.SOURCE_NAME, uploaded.MARKER_NAME) == (probe.UPLOADED_NAME, probe.MARKER_NAME)
    assert (uploaded.PREFIX, uploaded.FAILED_STATUS) == (probe.FOLDER_PREFIX, probe.NO_UPLOAD_STATUS)
