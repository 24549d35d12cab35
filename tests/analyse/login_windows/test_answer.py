"""The analyser's semantics, case by case: input rows, how they are asked about, the rows of the answer."""

from __future__ import annotations

import bz2
import errno
import gzip
import json
import lzma
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from whotop.analyse.login_windows import Counts, Mode, OutputFormat, Question, answer
from whotop.errors import BadRowError, InputError, UsageError

HOUR_MS = 3_600_000
HEADER = "IP address,Start,Stop,Users"


@dataclass
class Trial:
    folder: Path
    counts: Counts = field(default_factory=Counts)

    def write(self, content: str | bytes, name: str = "in.csv") -> Path:
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def ask(self, content: str | bytes, **asked: Any) -> list[str]:
        return self.ask_files(self.write(content), **asked)

    def ask_files(self, *files: Path, **asked: Any) -> list[str]:
        output = self.folder / "out.csv"
        given: dict[str, Any] = {"size_ms": HOUR_MS, "zone": ZoneInfo("UTC"), "output": output, "force": True} | asked
        self.counts = answer(Question(inputs=tuple(map(str, files)), **given))
        header, *rows, end = output.read_bytes().decode().split("\r\n")
        assert (header, end) == (HEADER, "")
        return rows


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path)


def logins(*times: str, source: str = "1.1.1.1") -> str:
    return "".join(f"u{number},{source},2020-01-01 {time}\n" for number, time in enumerate(times, 1))


def test_two_logins_of_one_source_in_one_window_are_a_series(trial: Trial) -> None:
    assert trial.ask('"a","9.9.9.9","2020-01-01 10:00:00"\n"b","9.9.9.9","2020-01-01 10:00:05"\n') == [
        '9.9.9.9,2020-01-01 10:00:00,2020-01-01 10:00:05,"a:2020-01-01 10:00:00,b:2020-01-01 10:00:05"'
    ]


def test_the_same_user_twice_counts(trial: Trial) -> None:
    assert trial.ask("a,1,2020-01-01 10:00:00\na,1,2020-01-01 10:00:01\n") == [
        '1,2020-01-01 10:00:00,2020-01-01 10:00:01,"a:2020-01-01 10:00:00,a:2020-01-01 10:00:01"'
    ]


@pytest.mark.parametrize(
    ("times", "series"),
    [
        (("00:00:00", "01:00:00", "01:59:59", "02:00:00"), [("01:00:00", "01:59:59")]),
        (("00:00:00", "00:59:59", "01:00:00", "01:00:01"), [("00:00:00", "00:59:59"), ("01:00:00", "01:00:01")]),
        (("00:30:00", "01:29:59"), [("00:30:00", "01:29:59")]),
        (("00:30:00", "01:30:00"), []),
    ],
)
def test_windows_begin_at_the_first_login_and_exclude_their_end(
    trial: Trial, times: tuple[str, ...], series: list[tuple[str, str]]
) -> None:
    found = [tuple(row.split(",")[1:3]) for row in trial.ask(logins(*times))]
    assert found == [(f"2020-01-01 {start}", f"2020-01-01 {stop}") for start, stop in series]


def test_windows_begin_at_a_given_start(trial: Trial) -> None:
    rows = trial.ask(logins("00:50:00", "01:10:00"), start=datetime(2020, 1, 1))  # noqa: DTZ001
    assert rows == []


def test_a_start_after_the_first_login_is_refused(trial: Trial) -> None:
    with pytest.raises(UsageError, match="--start-date is after the first login"):
        trial.ask(logins("00:50:00"), start=datetime(2020, 1, 1, 1))  # noqa: DTZ001


def test_a_start_at_the_first_login_is_fine(trial: Trial) -> None:
    rows = trial.ask(logins("00:50:00", "01:10:00"), start=datetime(2020, 1, 1, 0, 50))  # noqa: DTZ001
    assert len(rows) == 1


def test_series_come_by_start_then_by_source(trial: Trial) -> None:
    rows = trial.ask(
        logins("10:00:02", "10:00:03")
        + logins("10:00:01", "10:00:04", source="2")
        + logins("10:00:02", "10:00:09", source="0")
    )
    assert [row.split(",")[0] for row in rows] == ["2", "0", "1.1.1.1"]


def test_users_stand_in_time_order_and_equal_times_in_input_order(trial: Trial) -> None:
    rows = trial.ask("c,1,2020-01-01 10:00:01\nb,1,2020-01-01 10:00:00\na,1,2020-01-01 10:00:01\n")
    assert rows[0].endswith('"b:2020-01-01 10:00:00,c:2020-01-01 10:00:01,a:2020-01-01 10:00:01"')


def test_names_stay_as_they_came_and_are_quoted_as_csv_is(trial: Trial) -> None:
    rows = trial.ask('"a,""b"":c",1,2020-01-01 10:00:00\n=x,1,2020-01-01 10:00:01\n')
    assert rows == ['1,2020-01-01 10:00:00,2020-01-01 10:00:01,"a,""b"":c:2020-01-01 10:00:00,=x:2020-01-01 10:00:01"']


def test_a_source_may_be_empty_or_need_quotes(trial: Trial) -> None:
    rows = trial.ask(logins("10:00:00", "10:00:01", source="") + logins("10:00:00", "10:00:01", source='"a,b"'))
    assert [row[:7] for row in rows] == [",2020-0", '"a,b",2']


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2020-02-30 10:00:00", "2020-02-29 10:00:00"),
        ("2021-02-31 10:00:00", "2021-02-28 10:00:00"),
        ("2020-04-31 23:59:59", "2020-04-30 23:59:59"),
        ("2020-12-31 24:00:00", "2021-01-01 00:00:00"),
        ("2020-02-30 24:00:00", "2020-03-01 00:00:00"),
    ],
)
def test_days_and_hours_past_their_end_are_read_as_java_reads_them(trial: Trial, written: str, read: str) -> None:
    rows = trial.ask(f"a,1,{written}\nb,1,{written}\n")
    assert rows == [f'1,{read},{read},"a:{read},b:{read}"']


def test_an_hour_that_comes_twice_is_the_earlier_one(trial: Trial) -> None:
    """Of the two 01:30 the first, so that 00:45 to 02:15 are two and a half hours."""
    content = "a,1,2023-11-05 00:45:00\nb,1,2023-11-05 01:30:00\nc,1,2023-11-05 02:15:00\n"
    rows = trial.ask(content, zone=ZoneInfo("America/New_York"), size_ms=2 * HOUR_MS)
    assert rows == ['1,2023-11-05 00:45:00,2023-11-05 01:30:00,"a:2023-11-05 00:45:00,b:2023-11-05 01:30:00"']


def test_an_hour_that_is_skipped_is_the_next_one(trial: Trial) -> None:
    content = "a,1,2024-03-10 01:59:59\nb,1,2024-03-10 02:30:00\nc,1,2024-03-10 03:59:59\n"
    rows = trial.ask(content, zone=ZoneInfo("America/New_York"))
    assert rows == ['1,2024-03-10 01:59:59,2024-03-10 03:30:00,"a:2024-03-10 01:59:59,b:2024-03-10 03:30:00"']


def test_an_offset_of_the_zone_moves_no_window(trial: Trial) -> None:
    content = logins("00:00:00", "00:59:59", "01:00:00", "01:00:01")
    assert trial.ask(content, zone=ZoneInfo("Asia/Kolkata")) == trial.ask(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa,1,2020-01-01 10:00:00\nb,1,2020-01-01 10:00:01\n",
        b"a,1,2020-01-01 10:00:00\r\nb,1,2020-01-01 10:00:01\r\n",
        b"a,1,2020-01-01 10:00:00\rb,1,2020-01-01 10:00:01\r",
        b"a,1,2020-01-01 10:00:00\r\nb,1,2020-01-01 10:00:01\n",
        b"\n\na,1,2020-01-01 10:00:00\n\nb,1,2020-01-01 10:00:01\n\n",
        b"a,1,2020-01-01 10:00:00,more\nb,1,2020-01-01 10:00:01,more,and more\n",
        b"a,1,2020-01-01 10:00:00\nb,1,2020-01-01 10:00:01",
        b"login,ip,date\na,1,2020-01-01 10:00:00\nb,1,2020-01-01 10:00:01\n",
    ],
    ids=["byte-order mark", "CRLF", "CR", "mixed", "blank lines", "more columns", "no last newline", "header"],
)
def test_every_shape_of_file_is_read(trial: Trial, content: bytes) -> None:
    assert trial.ask(content) == [
        '1,2020-01-01 10:00:00,2020-01-01 10:00:01,"a:2020-01-01 10:00:00,b:2020-01-01 10:00:01"'
    ]


def test_bytes_that_are_no_utf8_are_replaced(trial: Trial) -> None:
    rows = trial.ask(b"a\xff,1,2020-01-01 10:00:00\nb,1,2020-01-01 10:00:01\n")
    assert "a\ufffd:2020-01-01 10:00:00" in rows[0]


def test_a_newline_in_quotes_belongs_to_the_name(trial: Trial) -> None:
    rows = trial.ask('"a\nb",1,2020-01-01 10:00:00\nc,1,2020-01-01 10:00:01\n')
    assert '"a\nb:2020-01-01 10:00:00,c:' in rows[0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a,1,2020-01-01 10:00:00\nb,1\n", "in.csv:2: 2 of the 3 columns"),
        ("a,1,2020-01-01 10:00:00\n\nb,1,2020-01-01T10:00:00\n", "in.csv:3: '2020-01-01T10:00:00' is no time"),
        ("a,1,2020-01-32 10:00:00\n", "in.csv:1: '2020-01-32 10:00:00' is no time"),
        ("a,1,2020-01-01 10:00:60\n", "is no time"),
        ("a,1,2020-01-01 24:00:01\n", "is no time"),
        ("a,1,2020-13-01 10:00:00\n", "is no time"),
        ("a,1,2020-1-01 10:00:00\n", "is no time"),
        ("a,1,2020-01-01 10:00:00.5\n", "is no time"),
        ("a,1,0000-01-01 10:00:00\n", "is no time"),
        ('a, "1",2020-01-01 10:00:00\n', "in.csv:1: a space before a quote"),
        ('a,1,2020-01-01 10:00:00\n"b,1,2020-01-01 10:00:00\n', "in.csv:2: a quote is not closed"),
        ("login,ip,date\nlogin,ip,date\n", "in.csv:2: 'date' is no time"),
        ("", "no login in it"),
        ("login,ip,date\n", "no login in it"),
    ],
)
def test_a_bad_row_ends_the_run_with_its_line_and_writes_nothing(trial: Trial, content: str, fault: str) -> None:
    with pytest.raises(InputError) as refusal:
        trial.ask(content)
    assert fault in str(refusal.value)
    assert [file.name for file in trial.folder.iterdir()] == ["in.csv"]


def test_bad_rows_may_be_skipped_and_are_counted(trial: Trial) -> None:
    content = "a,1,2020-01-01 10:00:00\nbad\nb,1,2020-01-01 10:00:01\nc,1,never\n"
    assert len(trial.ask(content, skips_bad_rows=True)) == 1
    assert trial.counts == Counts(logins=2, bad_rows=2, series=1)


def test_a_file_without_series_gives_the_header_alone(trial: Trial) -> None:
    assert trial.ask(logins("10:00:00")) == []


def test_an_output_that_is_there_is_not_replaced(trial: Trial) -> None:
    trial.write("precious", "out.csv")
    with pytest.raises(UsageError, match="--force replaces it"):
        trial.ask(logins("10:00:00"), force=False)
    assert (trial.folder / "out.csv").read_text() == "precious"


def test_an_output_in_a_folder_that_is_not_there_is_refused(trial: Trial) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        trial.ask(logins("10:00:00"), output=trial.folder / "no" / "out.csv")


def test_a_folder_is_no_output(trial: Trial) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        trial.ask(logins("10:00:00"), output=trial.folder, force=True)


def test_several_files_are_one_input(trial: Trial) -> None:
    first, second = trial.write(logins("10:00:00"), "1.csv"), trial.write("x,1.1.1.1,2020-01-01 10:00:07\n", "2.csv")
    assert len(trial.ask_files(first, second)) == 1
    assert len(trial.ask_files(trial.folder / "[12].csv")) == 1


def test_a_file_that_is_not_there_is_named(trial: Trial) -> None:
    with pytest.raises(InputError, match=r"none\.csv: No such file"):
        trial.ask_files(trial.folder / "none.csv")


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_compressed_files_are_read(trial: Trial, ending: str, pack: Callable[[bytes], bytes]) -> None:
    file = trial.write(pack(logins("10:00:00", "10:00:01").encode()), f"in.csv{ending}")
    assert len(trial.ask_files(file)) == 1


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_compressed_file_that_is_cut_off_is_refused(
    trial: Trial, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(logins(*(f"{hour:02}:00:00" for hour in range(24))).encode())
    with pytest.raises(InputError, match=r"in\.csv.*: .*end"):
        trial.ask_files(trial.write(packed[:-12], f"in.csv{ending}"))


@pytest.mark.parametrize("form", ["parquet", "json"])
def test_tables_with_named_columns_are_read(trial: Trial, form: str) -> None:
    file = trial.folder / ("in.parquet" if form == "parquet" else "in.jsonl")
    rows = "VALUES ('2020-01-01 10:00:00'::TIMESTAMP, '1', 'a'), ('2020-01-01 10:00:01'::TIMESTAMP, '1', 'b')"
    duckdb.execute(f"COPY (SELECT * FROM ({rows}) AS t(date, ip, login)) TO '{file}' (FORMAT {form})")
    assert trial.ask_files(file) == [
        '1,2020-01-01 10:00:00,2020-01-01 10:00:01,"a:2020-01-01 10:00:00,b:2020-01-01 10:00:01"'
    ]


@pytest.mark.parametrize("output_format", [OutputFormat.JSON_LINES, OutputFormat.PARQUET])
def test_series_may_be_written_for_programs(trial: Trial, output_format: OutputFormat) -> None:
    output = trial.folder / "series"
    question = Question(
        inputs=(str(trial.write(logins("10:00:00", "10:00:01"))),),
        output=output,
        output_format=output_format,
        size_ms=HOUR_MS,
        zone=ZoneInfo("UTC"),
    )
    answer(question)
    reader = "read_json" if output_format is OutputFormat.JSON_LINES else "read_parquet"
    rows = duckdb.execute(f"SELECT source, start::VARCHAR, users[2].\"user\" FROM {reader}('{output}')").fetchall()
    assert rows == [("1.1.1.1", "2020-01-01 10:00:00", "u2")]


def test_more_logins_and_more_users_may_be_asked_for(trial: Trial) -> None:
    content = (
        logins("10:00:00", "10:00:01") + "a,2,2020-01-01 10:00:00\na,2,2020-01-01 10:00:01\na,2,2020-01-01 10:00:02\n"
    )
    assert [row[0] for row in trial.ask(content, min_logins=3)] == ["2"]
    assert [row[:7] for row in trial.ask(content, min_users=2)] == ["1.1.1.1"]


def test_names_may_be_made_safe(trial: Trial) -> None:
    rows = trial.ask("=cmd,1,2020-01-01 10:00:00\n\x1b[2J,1,2020-01-01 10:00:01\n", makes_safe=True)
    assert "'=cmd:2020" in rows[0]
    assert "\x1b" not in rows[0]


def test_spellings_of_one_address_may_be_one_source(trial: Trial) -> None:
    content = "a,10.0.0.01,2020-01-01 10:00:00\nb,::ffff:10.0.0.1,2020-01-01 10:00:01\n"
    assert trial.ask(content) == []
    assert trial.ask(content, normalises_addresses=True)[0].startswith("10.0.0.1,")


def test_a_gap_chains_logins_that_follow_closely(trial: Trial) -> None:
    rows = trial.ask(logins("10:00:00", "11:00:00", "12:00:00", "13:00:01"), mode=Mode.GAP)
    assert [row.split(",")[1:3] for row in rows] == [["2020-01-01 10:00:00", "2020-01-01 12:00:00"]]


def test_a_sliding_window_stands_anywhere_and_may_overlap(trial: Trial) -> None:
    rows = trial.ask(logins("10:00:00", "10:40:00", "11:00:00", "11:30:00", "13:00:00"), mode=Mode.SLIDING)
    assert [row.split(",")[1:3] for row in rows] == [
        ["2020-01-01 10:00:00", "2020-01-01 10:40:00"],
        ["2020-01-01 10:40:00", "2020-01-01 11:30:00"],
    ]


def test_steps_and_streams_give_what_one_step_gives(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "".join(
        f"u{number % 7},10.0.0.{number % 5},2020-01-01 {number * 7 % 24:02}:{number * 11 % 60:02}:00\n"
        for number in range(400)
    )
    whole = trial.ask(content)
    from whotop.analyse.login_windows import answering

    for at_once in (40, 5):
        monkeypatch.setattr(answering, "BYTES_OF_LOGIN", 2 * 1024**3 // at_once)
        assert trial.ask(content) == whole
    assert len(whole) > 50


def write_parquet(trial: Trial, *times: str) -> Path:
    path = trial.folder / "in.parquet"
    rows = ", ".join(f"('u{number}', '1.1.1.1', TIMESTAMP '2020-01-01 {time}')" for number, time in enumerate(times, 1))
    duckdb.execute(f"COPY (SELECT * FROM (VALUES {rows}) AS logins(user, ip, date)) TO '{path}' (FORMAT parquet)")
    return path


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        (Mode.TUMBLING, ["u1:2020-01-01 00:00:00,u2:2020-01-01 00:00:01"]),
        (Mode.SLIDING, ["u1:2020-01-01 00:00:00,u2:2020-01-01 00:00:01"]),
        (Mode.GAP, ["u1:2020-01-01 00:00:00,u2:2020-01-01 00:00:01,u3:2020-01-01 00:00:02"]),
    ],
)
def test_microseconds_of_a_parquet_file_are_kept(trial: Trial, mode: Mode, found: list[str]) -> None:
    file = write_parquet(trial, "00:00:00.5", "00:00:01.499999", "00:00:02.499999")
    rows = trial.ask_files(file, size_ms=1000, mode=mode)
    assert [row.split('"')[1] for row in rows] == found


def test_a_fraction_of_a_second_in_a_csv_file_is_no_time(trial: Trial) -> None:
    with pytest.raises(InputError, match="is no time"):
        trial.ask("a,1,2020-01-01 10:00:00.5\n")


@pytest.mark.parametrize(
    "time", [" 2020-01-01 1:00:00", "2020-01-01 01:00:0 ", "-202-01-01 01:00:00", "2020-01-01T01:00:00"]
)
def test_a_time_that_only_duckdb_could_read_is_none(trial: Trial, time: str) -> None:
    with pytest.raises(InputError, match="is no time"):
        trial.ask(f"a,1,{time}\n")


def test_the_midnight_after_the_last_day_is_read(trial: Trial) -> None:
    rows = trial.ask("a,1.1.1.1,9999-12-31 23:59:59\nb,1.1.1.1,9999-12-31 24:00:00\n")
    assert rows == ['1.1.1.1,9999-12-31 23:59:59,10000-01-01 00:00:00,"a:9999-12-31 23:59:59,b:10000-01-01 00:00:00"']


def test_a_pipe_is_read_once(trial: Trial) -> None:
    pipe = trial.folder / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        pool.submit(pipe.write_text, logins("10:00:00", "10:30:00"))
        assert len(trial.ask_files(pipe)) == 1


def test_a_device_is_no_file(trial: Trial) -> None:
    with pytest.raises(InputError, match="/dev/zero: is a device"):
        trial.ask_files(Path("/dev/zero"))


@pytest.mark.parametrize(
    "row",
    [
        'a"b,1,2020-01-01 10:00:00',
        '"a" ,1,2020-01-01 10:00:00',
        '\t"a",1,2020-01-01 10:00:00',
        'a,1,2020-01-01 10:00:00,x"y',
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_quote_out_of_place_is_no_login_packed_or_not(trial: Trial, row: str, pack: Callable[[bytes], bytes]) -> None:
    data = f"{logins('09:00:00')}{row}\n".replace("\n", ",\n", 1 if row.count(",") > 2 else 0)
    with pytest.raises(InputError, match=r"in:2: (a quote|a cell|a space)"):
        trial.ask_files(trial.write(pack(data.encode()), "in"))


def test_quotes_and_commas_in_cells_without_quotes_are_read_as_they_were(trial: Trial) -> None:
    rows = trial.ask('a"",1,2020-01-01 10:00:00\nb",c,1,2020-01-01 10:00:01\n')
    assert rows == [
        '1,2020-01-01 10:00:00,2020-01-01 10:00:01,"a"":2020-01-01 10:00:00,b,c:2020-01-01 10:00:01"',
    ]


@pytest.mark.parametrize("folder", ["source=web-01", "name=x", "time=2020-01-01", "a*[b]"])
def test_what_folders_are_called_is_no_data(trial: Trial, folder: str) -> None:
    (trial.folder / folder).mkdir()
    file = trial.write(logins("10:00:00", "10:00:01"), f"{folder}/w[1]?.csv")
    trial.write("other,1.1.1.1,2020-01-01 10:00:02\n", f"{folder}/w12.csv")
    (row,) = trial.ask_files(file)
    assert row == '1.1.1.1,2020-01-01 10:00:00,2020-01-01 10:00:01,"u1:2020-01-01 10:00:00,u2:2020-01-01 10:00:01"'


def test_a_user_that_is_missing_logged_in_all_the_same(trial: Trial) -> None:
    lines = '{"user": null, "ip": "1", "date": "2020-01-01 10:00:00"}\n{"ip": "1", "date": "2020-01-01 10:00:01"}\n'
    assert trial.ask_files(trial.write(lines, "in.jsonl")) == [
        '1,2020-01-01 10:00:00,2020-01-01 10:00:01,":2020-01-01 10:00:00,:2020-01-01 10:00:01"'
    ]


def test_names_in_json_are_those_that_stand_there_whatever_they_look_like(trial: Trial) -> None:
    names = ["12:30", "2020-01-02T00:00:00", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "1e20", "\x01"]
    lines = [f'{{"user": {json.dumps(name)}, "ip": "1", "date": "2020-01-01T10:00:00"}}\n' for name in names]
    lines.append('{"user": 7, "ip": 1, "date": "2020-01-01T10:00:00"}\n')
    (row,) = trial.ask_files(trial.write("".join(lines), "in.jsonl"))
    assert row.partition('"')[2][:-1].split(",") == [f"{name}:2020-01-01 10:00:00" for name in (*names, "7")]


@pytest.mark.parametrize("columns", [("client_ip", "user", "date"), ("date", "account", "ip"), ("user", "ip", "when")])
def test_columns_are_found_by_name_or_by_place_and_not_half_by_each(trial: Trial, columns: tuple[str, ...]) -> None:
    line = json.dumps(dict.fromkeys(columns, "2020-01-01 10:00:00"))
    with pytest.raises(InputError, match="no column for the"):
        trial.ask_files(trial.write(line, "in.jsonl"))


def test_a_fault_in_lines_of_json_is_named_with_its_line_or_left_out(trial: Trial) -> None:
    good = '{"user": "a", "ip": "1", "date": "2020-01-01 10:00:00.250"}\n'
    file = trial.write(good + "\n{broken\n" + good + good.replace("01-01", "01-32"), "in.jsonl")
    with pytest.raises(BadRowError, match=r"in\.jsonl:3: no object of JSON"):
        trial.ask_files(file)
    assert len(trial.ask_files(file, skips_bad_rows=True)) == 1
    assert (trial.counts.logins, trial.counts.bad_rows) == (2, 2)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["in", "in.txt", "in.gz"])
def test_what_a_file_is_shows_in_it(trial: Trial, pack: Callable[[bytes], bytes], name: str) -> None:
    lines = b'{"user": "a", "ip": "1", "date": "2020-01-01 10:00:00"}\n' * 2
    assert len(trial.ask_files(trial.write(pack(lines), name))) == 1
    assert len(trial.ask_files(trial.write(pack(logins("10:00:00", "10:00:01").encode()), name))) == 1


def test_a_packed_file_that_is_damaged_is_refused_before_its_rows_are_judged(trial: Trial) -> None:
    packed = bytearray(gzip.compress(logins(*(f"{hour:02}:00:00" for hour in range(24))).encode()))
    packed[-8] ^= 1
    with pytest.raises(InputError, match="CRC"):
        trial.ask_files(trial.write(bytes(packed), "in.csv.gz"))


def test_each_pattern_finds_a_file(trial: Trial) -> None:
    file = trial.write(logins("10:00:00"))
    with pytest.raises(InputError, match=r"none\*\.csv: no file of that name"):
        trial.ask_files(file, trial.folder / "none*.csv")


def test_where_files_have_one_name_only_the_answer_appears_all_the_same(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_names: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    file = trial.write(logins("10:00:00", "10:00:01"))
    assert len(trial.ask_files(file, force=False)) == 1
    with pytest.raises(UsageError, match="is there already"):
        trial.ask_files(file, force=False)


def test_a_link_leads_to_what_is_replaced_and_its_mode_stays(trial: Trial) -> None:
    kept = trial.write("old", "kept.csv")
    kept.chmod(0o600)
    (trial.folder / "out.csv").symlink_to(kept)
    trial.ask(logins("10:00:00", "10:00:01"))
    assert (trial.folder / "out.csv").is_symlink()
    assert kept.read_bytes().startswith(b"IP address")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_into_and_stays_one(trial: Trial) -> None:
    pipe = trial.folder / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as readers:
        read = readers.submit(pipe.read_bytes)
        answer(
            Question(
                inputs=(str(trial.write(logins("10:00:00", "10:00:01"))),),
                output=pipe,
                size_ms=HOUR_MS,
                zone=ZoneInfo("UTC"),
                force=True,
            )
        )
    assert read.result().startswith(b"IP address")
    assert pipe.is_fifo()


def test_a_zone_may_be_an_offset(trial: Trial) -> None:
    zone = timezone(timedelta(hours=3))
    rows = trial.ask(logins("10:00:00", "10:59:59"), zone=zone, start=datetime(2020, 1, 1, 10))  # noqa: DTZ001
    assert len(rows) == 1


def test_a_file_whose_name_is_no_text_is_read_as_well(trial: Trial) -> None:
    file = trial.folder / os.fsdecode(b"caf\xe9.csv")
    file.write_text(logins("10:00:00", "10:00:01"))
    assert len(trial.ask_files(file)) == 1
    with pytest.raises(UsageError, match="no UTF-8"):
        trial.ask_files(file, output=trial.folder / os.fsdecode(b"\xff.csv"))
