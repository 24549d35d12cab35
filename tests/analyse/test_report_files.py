"""``whotop report FILE``: who is on which machine, from a table of events."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.analyse.report_files import report_files
from whotop.clock import SECOND_US, ManualClock
from whotop.core.report import Report
from whotop.errors import InputError
from whotop.render import Format, render

HEADER = "date,type,machine,user\n"
SEED = HEADER + (
    "2020-01-21 12:45:56,login,myworkstation.local,jordan\n"
    "2020-01-22 15:53:42,logout,webserver.local,jordan\n"
    "2020-01-21 18:53:21,login,webserver.local,lane\n"
    "2020-01-22 10:25:34,logout,myworkstation.local,jordan\n"
    "2020-01-21 08:20:01,login,webserver.local,jordan\n"
    "2020-01-23 11:24:35,login,mailserver.local,chris\n"
)


def report_of(tmp_path: Path, *contents: str, at_us: int | None = None) -> tuple[Report, int]:
    paths = [tmp_path / f"events-{number}.csv" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content)
    return report_files(paths, at_us, clock=ManualClock(2_000_000_000 * SECOND_US))


def text_of(report: Report) -> str:
    return render(report, Format.TEXT).decode()


def test_the_six_events_give_their_two_lines(tmp_path: Path) -> None:
    report, unmatched = report_of(tmp_path, SEED)
    assert text_of(report) == "webserver.local: lane\nmailserver.local: chris\n"
    assert unmatched == 0
    assert [machine.name for machine in report.machines] == [
        "webserver.local",
        "myworkstation.local",
        "mailserver.local",
    ]


def test_at_a_time_only_what_had_happened_counts(tmp_path: Path) -> None:
    report, _ = report_of(tmp_path, SEED, at_us=1_579_611_600 * SECOND_US)  # 2020-01-21 13:00:00
    assert text_of(report) == "webserver.local: jordan\nmyworkstation.local: jordan\n"
    assert report.at_us == 1_579_611_600 * SECOND_US


def test_a_logout_without_a_login_changes_nothing_and_is_counted(tmp_path: Path) -> None:
    rows = "2020-01-23 12:00:00,logout,mailserver.local,nobody\n"
    report, unmatched = report_of(tmp_path, SEED + rows)
    assert text_of(report) == "webserver.local: lane\nmailserver.local: chris\n"
    assert unmatched == 1


def test_two_logins_and_one_logout_of_a_user_on_a_machine_is_out(tmp_path: Path) -> None:
    rows = (
        "2020-01-01 10:00:00,login,m,ann\n2020-01-01 11:00:00,login,m,ann\n2020-01-01 12:00:00,logout,m,ann\n"
        "2020-01-01 12:00:00,login,m,bob\n"
    )
    report, unmatched = report_of(tmp_path, HEADER + rows)
    assert text_of(report) == "m: bob\n"
    assert unmatched == 0


def test_equal_times_count_in_the_order_of_the_table(tmp_path: Path) -> None:
    rows = (
        "2020-01-01 10:00:00,login,in,ann\n2020-01-01 10:00:00,logout,in,ann\n2020-01-01 10:00:00,login,in,ann\n"
        "2020-01-01 10:00:00,login,out,ann\n2020-01-01 10:00:00,logout,out,ann\n"
    )
    report, _ = report_of(tmp_path, HEADER + rows)
    assert text_of(report) == "in: ann\n"


def test_several_files_are_one_stream_and_a_copy_adds_nothing(tmp_path: Path) -> None:
    later = HEADER + "2020-01-24 00:00:00,logout,mailserver.local,chris\n"
    report, unmatched = report_of(tmp_path, later, SEED, SEED)
    assert text_of(report) == "webserver.local: lane\n"
    assert unmatched == 0


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(SEED.encode())))
    report, _ = report_files(["-"], clock=ManualClock(1))
    assert text_of(report).startswith("webserver.local: lane\n")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv: No such file or directory"):
        report_files([tmp_path / "no.csv"])


def test_dates_are_in_the_zone_of_the_report(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(SEED)
    report, _ = report_files([path], zone=ZoneInfo("Asia/Tokyo"))
    assert report.machines[0].sessions[0].since_us == 1_579_600_401 * SECOND_US  # 18:53:21+09:00


steps = st.tuples(st.integers(0, 9), st.booleans(), st.sampled_from("ab"), st.sampled_from("uvw"))


@given(st.lists(steps, max_size=25, unique_by=lambda step: step[0:1] + step[2:]))
def test_it_agrees_with_a_set_of_users_per_machine(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool, str, str]]
) -> None:
    rows = [
        f"2020-01-01 00:{minute:02}:00,{'login' if is_login else 'logout'},{machine},{user}\n"
        for minute, is_login, machine, user in steps
    ]
    current: dict[str, set[str]] = {}
    for _, is_login, machine, user in sorted(steps, key=lambda step: step[0]):
        users = current.setdefault(machine, set())
        users.add(user) if is_login else users.discard(user)
    report, _ = report_of(tmp_path_factory.mktemp("events"), HEADER + "".join(rows))
    assert {machine.name: set(machine.users) for machine in report.machines} == current


def test_failed_logins_of_the_last_day_of_a_file_are_told_once_each(tmp_path: Path) -> None:
    lines = [
        "2026-11-20T10:00:00.000000+00:00 web-01 sshd[7]: Failed password for root from 198.51.100.9 port 7 ssh2",
        "2026-11-22T10:00:00.000000+00:00 web-01 sshd[8]: Failed password for root from 198.51.100.9 port 8 ssh2",
        "2026-11-22T10:05:00.000000+00:00 web-01 sshd[9]: Failed password for root from 198.51.100.9 port 9 ssh2",
    ]
    path, copy = tmp_path / "auth.log", tmp_path / "copy.log"
    for file in (path, copy):
        file.write_text("\n".join(lines) + "\n")
    report, _ = report_files([path, copy], clock=ManualClock(2_000_000_000 * SECOND_US))
    assert [(one.machine, one.user, one.source, one.count) for one in report.failed_logins] == [
        ("web-01", "root", "198.51.100.9", 2)
    ]
    assert report.totals.failed_logins == 2


def test_a_session_may_end_in_a_later_rotated_copy(tmp_path: Path) -> None:
    (tmp_path / "auth.log.1").write_text(
        "2026-11-22T10:00:00.000000+00:00 web-01 sshd[7]: Accepted password for anna from 192.0.2.7 port 7 ssh2\n"
        "2026-11-22T10:00:01.000000+00:00 web-01 sshd[8]: Accepted password for bert from 192.0.2.8 port 8 ssh2\n"
    )
    (tmp_path / "auth.log").write_text(
        "2026-11-22T11:00:00.000000+00:00 web-01 sshd[7]: Disconnected from user anna 192.0.2.7 port 7\n"
    )
    report, unmatched = report_files([str(tmp_path)], clock=ManualClock(2_000_000_000 * SECOND_US))
    assert (text_of(report), unmatched) == ("web-01: bert\n", 0)


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(SEED.encode())
    try:
        report, _ = report_files([f"/dev/fd/{reading}"], clock=ManualClock(2_000_000_000 * SECOND_US))
    finally:
        os.close(reading)
    assert text_of(report) == "webserver.local: lane\nmailserver.local: chris\n"
