"""Which format a file's name asks for, and how a report is written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from whotop.core.report import Report
from whotop.errors import UsageError, WhotopError
from whotop.render import Format, format_of, render, write_report


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("report.txt", Format.TEXT),
        ("report", Format.TEXT),
        ("report.table", Format.TABLE),
        ("REPORT.MD", Format.MARKDOWN),
        ("a.b.json", Format.JSON),
        ("/x/report.csv", Format.CSV),
        ("report.htm", Format.HTML),
        ("report.pdf", Format.PDF),
    ],
)
def test_the_ending_names_the_format(name: str, format_: Format) -> None:
    assert format_of(name) is format_


def test_an_unknown_ending_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match=r"report\.docx: .* as \.docx \(it can as \.txt, .*\.pdf\)"):
        format_of("report.docx")


@pytest.mark.parametrize("name", ["r.txt", "r.md", "r.json", "r.csv", "r.html", "r.pdf"])
def test_a_report_is_written_for_its_owner_alone(report: Report, tmp_path: Path, name: str) -> None:
    written = write_report(report, tmp_path / name)
    assert written.read_bytes()[:20] == render(report, format_of(name))[:20]
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_older_report_is_replaced(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_text("older " * 1_000)
    write_report(report, path)
    assert path.read_bytes() == render(report, Format.TEXT)


def test_a_link_is_followed(report: Report, tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    assert write_report(report, tmp_path / "link.txt") == tmp_path / "real.txt"
    assert (tmp_path / "link.txt").is_symlink()


def test_what_is_no_regular_file_is_written_to(report: Report) -> None:
    write_report(report, "/dev/null")
    assert Path("/dev/null").is_char_device()


def test_a_folder_that_is_not_there_is_told(report: Report, tmp_path: Path) -> None:
    with pytest.raises(WhotopError, match=r"no/r\.txt: the report cannot be written: No such file or directory"):
        write_report(report, tmp_path / "no" / "r.txt")


def test_nothing_is_left_behind_when_writing_fails(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WhotopError, match="No space left on device"):
        write_report(report, tmp_path / "r.txt")
    assert list(tmp_path.iterdir()) == []
