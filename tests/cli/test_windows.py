from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

LOGINS = '"a","1.1.1.1","2020-01-01 10:00:00"\n"b","1.1.1.1","2020-01-01 10:00:05"\n'


@pytest.fixture
def logins(tmp_path: Path) -> Path:
    file = tmp_path / "logins.csv"
    file.write_text(LOGINS)
    return file


def test_the_options_of_the_older_analyser_do(whotop: Run, logins: Path, tmp_path: Path) -> None:
    output = tmp_path / "series.csv"
    code, printed, errors = whotop(
        "windows", "--input-file", logins, "--output-file", output, "--window-size", "1.hour",
        "--time-zone", "Europe/Berlin", "--start-date", "2020-01-01T09:30:00",
    )  # fmt: skip
    assert (code, printed) == (0, "")
    assert errors == "whotop: 1 series in 2 logins\n"
    assert output.read_bytes() == (
        b"IP address,Start,Stop,Users\r\n"
        b'1.1.1.1,2020-01-01 10:00:00,2020-01-01 10:00:05,"a:2020-01-01 10:00:00,b:2020-01-01 10:00:05"\r\n'
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--window-size", "1m", "is no window size"),
        ("--window-size", "0.seconds", "at least 1.milli"),
        ("--time-zone", "Mars/Base", "is no time zone"),
        ("--start-date", "2020-01-01 10:00:00", "is not yyyy-MM-ddTHH:mm:ss"),
        ("--memory-limit", "1MiB", "at least 256MiB"),
    ],
)
def test_a_wrong_option_is_one_line_and_nothing_is_written(
    whotop: Run, logins: Path, tmp_path: Path, option: str, value: str, message: str
) -> None:
    output = tmp_path / "series.csv"
    given = {"--input-file": logins, "--output-file": output, "--window-size": "1.hour"} | {option: value}
    code, _, errors = whotop("windows", *(word for pair in given.items() for word in pair))
    assert code == 2
    assert message in " ".join(errors.split())
    assert not output.exists()


def test_a_bad_row_ends_with_its_line(whotop: Run, logins: Path, tmp_path: Path) -> None:
    logins.write_text(LOGINS + "c,1.1.1.1\n")
    output = tmp_path / "series.csv"
    code, _, errors = whotop("windows", "--input-file", logins, "--output-file", output, "--window-size", "1.hour")
    assert code == 2
    assert errors == f"whotop: {logins}:3: 2 of the 3 columns login, ip, date\n"
    assert not output.exists()
