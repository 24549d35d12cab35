"""The logs of several machines in one file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from whotop.analyse.login_logs import LINES_AT_ONCE, MOST_MACHINES, LoginLogs
from whotop.errors import InputError
from whotop.model import Origin
from whotop.parse.log_line import LogLine


def failures(count: int, taken: list[int]) -> Iterator[LogLine]:
    for number in range(count):
        taken.append(number)
        yield LogLine(
            host=b"web-01",
            program=b"sshd",
            message=b"Failed password for root from 203.0.113.7 port 22 ssh2",
            time_us=(1_000_000 + number) * 1_000_000,
            pid=1_000 + number,
        )


def test_the_log_of_one_machine_is_never_held_whole() -> None:
    taken: list[int] = []
    events = LoginLogs().events(failures(10 * LINES_AT_ONCE, taken), Origin.AUTH_LOG, str)
    next(events)
    assert len(taken) <= LINES_AT_ONCE + 1


def test_no_line_is_lost_where_one_piece_ends_and_the_next_begins() -> None:
    logs = LoginLogs()
    count = 2 * LINES_AT_ONCE + 1
    events = [*logs.events(failures(count, []), Origin.AUTH_LOG, str), *logs.finish()]
    assert len(events) == count
    assert [event.time_us for event in islice(events, 3)] == [
        one * 1_000_000 for one in (1_000_000, 1_000_001, 1_000_002)
    ]


def test_a_log_of_more_machines_than_are_remembered_is_refused_and_none_left_out_in_silence() -> None:
    lines = (
        LogLine(host=b"web-%d" % number, program=b"sshd", message=b"", time_us=number)
        for number in range(MOST_MACHINES + 1)
    )
    with pytest.raises(InputError, match=r"all\.log: it names more than 20,000 machines"):
        list(LoginLogs().events(lines, Origin.AUTH_LOG, str, file="all.log"))
