"""Usage from files: as pandas counts it, from tables and from all that report reads."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whotop.analyse import usage_files
from whotop.analyse.usage_files import Chosen, day_range, usage_told_by_files
from whotop.core.login_days import LoginDays
from whotop.core.periods import Period
from whotop.core.usage import Part, UsageQuestion, UsageReport, usage_report
from whotop.core.usage_where import parse_usage_where
from whotop.errors import BadRowError, InputError
from whotop.render.usage import UsageFormat, render_usage

PANDAS_FREQUENCIES = {"d": "D", "w": "W", "m": "ME", "q": "QE", "y": "YE"}
Login = tuple[str, datetime]


def days_of(*paths: Path, where: str = "", excluded: Iterable[str] = ()) -> LoginDays:
    chosen = Chosen(parse_usage_where(where), frozenset(excluded))
    return usage_told_by_files(map(str, paths), chosen, zone=UTC, now_us=0).days


def report(days: LoginDays, period: Period) -> UsageReport:
    first, last = day_range(days, None, None) or (date.max, date.max)
    return usage_report(UsageQuestion(period=period, start=first, end=last), days.days(), "UTC")


def counts(*paths: Path, where: str = "", excluded: Iterable[str] = ()) -> dict[str, int]:
    days = report(days_of(*paths, where=where, excluded=excluded), Period.DAY)
    return {one.last_day.isoformat(): one.users for one in days.periods}


def write(path: Path, logins: Sequence[Login], header: Sequence[str] = ()) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if header:
            writer.writerow(header)
        writer.writerows((user, "10.0.0.1", f"{moment:%Y-%m-%d %H:%M:%S}") for user, moment in logins)
    return path


def pandas_csv(path: Path, period: str) -> str:
    """What pandas says of a headerless file: the words of the program that this replaces."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(
        path, names=["user", "ip", "timestamp"], parse_dates=["timestamp"], keep_default_na=False, na_values=[""]
    )
    grouped = frame.groupby(pandas.Grouper(key="timestamp", freq=PANDAS_FREQUENCIES[period])).user.nunique()
    return str(grouped.reset_index().to_csv())


LOGINS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "Bob", "cid, jr", 'd"e', "", "NA", "ünal"]),
        st.one_of(
            st.datetimes(datetime.fromisoformat("2021-01-01"), datetime.fromisoformat("2023-12-31T23:59:59")),
            st.sampled_from(["2022-12-31T23:59:59", "2023-01-01", "2023-01-02"]).map(datetime.fromisoformat),
        ),
    ),
    min_size=1,
    max_size=40,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(LOGINS)
def test_three_years_with_gaps_are_counted_as_pandas_counts_them(tmp_path: Path, logins: list[Login]) -> None:
    path = write(tmp_path / "logins.csv", logins)
    days = days_of(path)
    for period in Period:
        assert render_usage(report(days, period), UsageFormat.CSV).decode() == pandas_csv(path, period.value)


def test_large_tables_are_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime.fromisoformat("2021-06-15T23:59:58")
    logins = [(f"user{number % 37}", start + timedelta(hours=number * 5)) for number in range(4_000)]
    path = write(tmp_path / "logins.csv", logins)
    slowly = list(days_of(path).days())
    monkeypatch.setattr(usage_files, "FAST_BYTES", 0)
    monkeypatch.setattr(usage_files._Reader, "_take", None)
    fast = list(days_of(path).days())
    assert sorted((day.day, day.users.bit_count(), day.logins) for day in fast) == sorted(
        (day.day, day.users.bit_count(), day.logins) for day in slowly
    )


@pytest.mark.parametrize("odd", ["soon", "2024-01-07T10:30:00Z", "2024-02-30 00:00:00"])
def test_a_large_table_with_an_odd_row_is_read_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    path = tmp_path / "logins.csv"
    path.write_text(f"user,time\nann,2024-01-07 10:00:00\nbob,{odd}\n")
    monkeypatch.setattr(usage_files, "FAST_BYTES", 0)
    if odd.endswith("Z"):
        assert counts(path) == {"2024-01-07": 2}
    else:
        with pytest.raises(BadRowError, match=r"logins\.csv:3: .* is no time"):
            counts(path)


def test_excluded_users_and_a_filter_choose_among_logins(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "date,type,machine,user\n2024-01-07 10:00:00,login,web-01,ann\n2024-01-07 10:00:00,login,db-01,bob\n"
        "2024-01-08 10:00:00,login,web-01,admin\n"
    )
    assert counts(path, excluded=["admin"]) == {"2024-01-07": 2}
    assert counts(path, where="machine:web-*") == {"2024-01-07": 1, "2024-01-08": 1}


def test_logins_can_be_told_apart_by_machine(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "date,machine,user\n2024-01-07 10:00:00,web-01,ann\n2024-01-07 11:00:00,web-01,bob\n2024-01-08 10:00:00,,ann\n"
    )
    chosen = Chosen(parse_usage_where(""), by=Part.MACHINE)
    parts = usage_told_by_files([str(path)], chosen, zone=UTC, now_us=0).parts
    assert {name: [day.users.bit_count() for day in days] for name, days in parts.items()} == {
        "no machine": [1],
        "web-01": [2],
    }


def test_several_files_are_one(tmp_path: Path) -> None:
    noon = datetime.fromisoformat("2024-01-07T12:00:00")
    first = write(tmp_path / "a.csv", [("ann", noon)])
    second = write(tmp_path / "b.csv", [("ann", noon), ("bob", noon + timedelta(days=2))], ["user", "ip", "date"])
    assert counts(first, second) == {"2024-01-07": 1, "2024-01-08": 0, "2024-01-09": 1}


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "logins.csv.gz"
    path.write_bytes(gzip.compress(b"ann,10.0.0.1,2024-01-07 10:00:00\n"))
    assert counts(path) == {"2024-01-07": 1}


def test_what_report_reads_counts_too(tmp_path: Path) -> None:
    log = tmp_path / "auth.log"
    log.write_text(
        "2024-01-07T10:00:00.000000+00:00 web-01 sshd[7]: Accepted publickey for ann from 10.0.0.1 port 5 ssh2\n"
        "2024-01-07T10:00:00.100000+00:00 web-01 sshd[7]: pam_unix(sshd:session): session opened for user ann(uid=1)\n"
    )
    assert counts(log) == {"2024-01-07": 1}


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"ann,1,2024-01-07 10:00:00\n")))
    days = usage_told_by_files(["-"], Chosen(parse_usage_where("")), zone=UTC, now_us=0).days
    assert days.first == date(2024, 1, 7)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: No such file"):
        counts(tmp_path / "nowhere.csv")


def test_without_a_login_there_is_no_range(tmp_path: Path) -> None:
    path = tmp_path / "logins.csv"
    path.write_text("user,time\n")
    assert day_range(days_of(path), None, None) is None
