from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from whotop.clock import SECOND_US, SystemClock
from whotop.model import RawText, Session
from whotop.store.batch import WriteBatch
from whotop.store.store import open_store

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


async def make_store(path: Path) -> None:
    """Logins on either side of the end of summer time in Berlin: 02:30 comes twice."""
    store = await open_store(path, clock=SystemClock())
    before_us = 1_792_888_200_000_000  # 2026-10-25T00:30:00Z
    logins = [
        Session(
            key=number.to_bytes(16), machine=machine, user=f"u{number}", source=source, login_us=before_us + after_us
        )
        for number, (machine, source, after_us) in enumerate(
            [
                ("web-01", "10.0.0.1", 0),
                ("web-02", "10.0.0.1", 3_600_000_000 - 1),
                ("web-01", "10.0.0.2", 0),
                ("web-01", "10.0.0.2", 3_600_000_000),
                ("web-01", "", 0),
                ("web-01", "", 1),
            ]
        )
    ]
    await store.commit(WriteBatch(sessions={login.key: login for login in logins}))
    await store.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "whotop.db"
    asyncio.run(make_store(path))
    return path


def test_the_logins_of_the_store_are_counted_to_the_microsecond(whotop: Run, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "series.csv"
    given = ("--from-store", "--store", store, "--output-file", output, "--window-size", "1h")
    code, _, errors = whotop("windows", *given, "--time-zone", "Europe/Berlin")
    assert (code, errors) == (0, "whotop: 1 series in 4 logins\n")
    assert output.read_text().splitlines()[1:] == [
        '10.0.0.1,2026-10-25 02:30:00,2026-10-25 02:29:59,"u0:2026-10-25 02:30:00,u1:2026-10-25 02:29:59"'
    ]


def test_a_filter_chooses_among_the_logins_of_the_store(whotop: Run, store: Path, tmp_path: Path) -> None:
    output = tmp_path / "series.csv"
    given = ("--from-store", "--store", store, "--output-file", output, "--window-size", "2h")
    code, _, errors = whotop("windows", *given, "--where", "machine:web-01")
    assert (code, errors) == (0, "whotop: 1 series in 3 logins\n")
    assert whotop("windows", *given, "--where", "colour:red", "--force")[0] == 2


def test_a_store_that_is_not_there_is_an_error_and_not_made(whotop: Run, tmp_path: Path) -> None:
    place = tmp_path / "none.db"
    given = ("--from-store", "--store", place, "--output-file", tmp_path / "out.csv", "--window-size", "2h")
    code, _, errors = whotop("windows", *given)
    assert (code, errors) == (1, f"whotop: {place}: there is no store\n")
    assert not place.exists()


def test_files_and_the_store_exclude_each_other(whotop: Run, logins: Path, tmp_path: Path) -> None:
    given = ("--output-file", tmp_path / "out.csv", "--window-size", "2h")
    assert "either --input-file or --from-store" in whotop("windows", *given)[2]
    assert "either --input-file or --from-store" in whotop("windows", "--input-file", logins, "--from-store", *given)[2]
    assert "go with --from-store" in whotop("windows", "--input-file", logins, "--where", "user:root", *given)[2]


def test_names_come_from_the_store_as_they_were_received_unless_safe_ones_are_asked_for(
    whotop: Run, tmp_path: Path
) -> None:
    async def fill() -> None:
        store = await open_store(tmp_path / "raw.db", clock=SystemClock())
        received = {
            "a\\x1b": "a\x1b",
            "bü": None,
            "c\\xff": "c\xff",
            "d\\u200be": "d\u200be".encode().decode("latin-1"),
        }
        logins = [
            Session(
                key=number.to_bytes(16),
                machine="web-01",
                user=shown,
                source="10.0.0.1",
                login_us=number * SECOND_US,
                raw=None if user is None else RawText(user=user),
            )
            for number, (shown, user) in enumerate(received.items())
        ]
        await store.commit(WriteBatch(sessions={login.key: login for login in logins}))
        await store.close()

    asyncio.run(fill())
    output = tmp_path / "series.jsonl"
    given = ("--from-store", "--store", tmp_path / "raw.db", "--output-file", output, "--window-size", "1h")
    assert whotop("windows", *given)[0] == 0
    assert [login["user"] for login in json.loads(output.read_text())["users"]] == ["a\x1b", "bü", "cÿ", "d\u200be"]
    assert whotop("windows", *given, "--safe", "--force")[0] == 0
    assert json.loads(output.read_text())["users"][0]["user"] == "a\\x1b"


def test_one_that_is_told_to_end_leaves_no_temporary_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "whotop", "windows", "--input-file", "-", "--window-size", "1h"]
    command += ["--output-file", str(tmp_path / "out.csv")]
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(folder)}
    )
    assert process.stdin is not None
    process.stdin.write(LOGINS.encode() * 10_000)  # more than a pipe holds: it has begun to keep them
    assert list(folder.iterdir())
    process.terminate()
    process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert not list(folder.iterdir())
