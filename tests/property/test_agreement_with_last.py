"""whotop concludes from wtmp what ``last -x`` does: the same sessions, their ends and outcomes.

``last`` goes by the order of records alone and never looks at their times. whotop is told the same record
twice when a connection breaks, and of one login by several origins in any order, and so a record ends only
what began before it by the machine's own clock; a logout of the same process (``ut_pid``) is the exception,
and tells a negative duration as ``last`` does. Where the clock was set back past a login, the two may
therefore differ about that session: whotop holds it for open (until the machine's list of open sessions says
otherwise) where ``last`` has it ended by the next boot, shutdown or login on its terminal. About every other
session of such a file they agree as well.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property.wtmp_courses import NATIVE, PEOPLE, USER, Course, Record, courses
from whotop.core.tracker import SessionTracker
from whotop.model import Event, Outcome, Session
from whotop.parse import utmp
from whotop.parse.utmp_layout import LAYOUTS, Layout

Told = tuple[str, str, str, str]
"""User, terminal, login, and how it ended."""

LAST = shutil.which("last")
STEPS = (1, 60, 3600, 90_000, -1, -60, -3600, -90_000)
FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
MANY = settings(FEW, max_examples=3000)

_STAMP = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\+00:00"
_LINE = re.compile(rf"({'|'.join(PEOPLE)}) +(\S+) +{_STAMP} +(?:- {_STAMP}|- (crash|down)|(still|gone)).*")
_OUTCOMES = {"crash": Outcome.CRASH, "down": Outcome.SHUTDOWN}


@pytest.fixture
def wtmp(tmp_path: Path) -> Path:
    if LAST is None:
        pytest.skip("last is not here")
    return tmp_path / "wtmp"


def by_last(wtmp: Path, records: list[Record]) -> list[Told]:
    """In the order of the records."""
    wtmp.write_bytes(b"".join(record.packed(NATIVE) for record in records))
    command = [LAST or "last", "-x", "-R", "-w", "--time-format", "iso", "-f", str(wtmp)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={"LC_ALL": "C", "TZ": "UTC"})
    lines = [_LINE.fullmatch(line) for line in reversed(done.stdout.splitlines()) if line.startswith(PEOPLE)]
    found: list[Told] = []
    for line in lines:
        assert line is not None, done.stdout
        user, tty, login, logout, cause, _ = line.groups()
        found.append((user, tty, login, logout or (_OUTCOMES[cause] if cause else Outcome.OPEN)))
    return found


def by_whotop(events: Iterable[Event]) -> list[Told]:
    """In the order of the logins."""
    sessions = {}
    for transition in SessionTracker().apply_all(events):
        if transition.session is not None:
            sessions[transition.session.key] = transition.session
    return [(one.user, one.tty, _stamp(one.login_us), _end(one)) for one in sessions.values()]


def _end(session: Session) -> str:
    if session.outcome is not Outcome.LOGOUT:
        return session.outcome
    assert session.logout_us is not None
    return _stamp(session.logout_us)


def _stamp(time_us: int) -> str:
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def read(records: list[Record], layout: Layout = NATIVE) -> list[Event]:
    return utmp.events(b"".join(record.packed(layout) for record in records), "web-01", layout=layout)


def agree(wtmp: Path, records: list[Record]) -> None:
    assert by_whotop(read(records)) == by_last(wtmp, records)


def agree_where_time_goes_on(wtmp: Path, records: list[Record]) -> None:
    """About every session but those that began after what stands behind them, or before what stands before them."""
    ours, theirs = by_whotop(read(records)), by_last(wtmp, records)
    assert [one[:3] for one in ours] == [one[:3] for one in theirs]
    times_us = [record.time_us for record in records]
    logins = [place for place, record in enumerate(records) if record.kind == USER and record.user]
    for place, our, their in zip(logins, ours, theirs, strict=True):
        if max(times_us[:place]) <= times_us[place] <= min(times_us[place:]):
            assert our == their


@given(records=courses())
@FEW
def test_of_a_clock_that_only_goes_on(wtmp: Path, records: list[Record]) -> None:
    agree(wtmp, records)


@given(records=courses(STEPS))
@FEW
def test_of_a_clock_that_is_set_in_the_course_of_it(wtmp: Path, records: list[Record]) -> None:
    agree_where_time_goes_on(wtmp, records)


def test_of_a_clock_that_is_set_back_while_somebody_is_there(wtmp: Path) -> None:
    course = Course()
    course.login("alice", "pts/0", "")
    course.set_clock(-3600)
    course.logout("pts/0", "sshd")
    agree(wtmp, course.records)
    assert by_last(wtmp, course.records) == [("alice", "pts/0", "2026-05-28T20:26:40", "2026-05-28T19:26:40")]


@given(records=courses(), layout=st.sampled_from(LAYOUTS))
@FEW
def test_records_of_other_machines_tell_the_same(records: list[Record], layout: Layout) -> None:
    assert by_whotop(read(records, layout)) == by_whotop(read(records))


@pytest.mark.long
@given(records=courses())
@MANY
def test_of_thousands_of_clocks_that_only_go_on(wtmp: Path, records: list[Record]) -> None:
    agree(wtmp, records)


@pytest.mark.long
@given(records=courses(STEPS))
@MANY
def test_of_thousands_of_clocks_that_are_set(wtmp: Path, records: list[Record]) -> None:
    agree_where_time_goes_on(wtmp, records)
