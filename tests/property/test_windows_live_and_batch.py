"""Live windows and the batch analyser find the same series in the same logins, in every mode."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whotop.analyse.login_windows import Mode, OutputFormat, Question, answer
from whotop.core.window_modes import windows_of
from whotop.core.windows import WindowMode

DAY = datetime(2026, 3, 29, tzinfo=UTC)
SECOND_US = 1_000_000
Login = tuple[str, int]
Found = list[tuple[str, list[tuple[str, str]]]]
"""Each series: its source, then user and time of every login."""

logins = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 90)), min_size=1, max_size=30)
sizes = st.integers(1, 40)


def shown(second: int) -> str:
    return f"{DAY + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}"


def by_batch(logins: list[Login], size: int, mode: WindowMode) -> Found:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "in.csv", Path(name) / "out.jsonl"
        source.write_text("".join(f"u{n},{address},{shown(time)}\n" for n, (address, time) in enumerate(logins)))
        asked = Question(
            inputs=(str(source),),
            output=target,
            output_format=OutputFormat.JSON_LINES,
            size_ms=size * 1000,
            zone=ZoneInfo("UTC"),
            mode=Mode(mode),
        )
        answer(asked)
        rows = map(msgspec.json.decode, target.read_bytes().splitlines())
        return sorted((row["source"], [(one["user"], one["time"]) for one in row["users"]]) for row in rows)


def live(logins: list[Login], size: int, mode: WindowMode) -> Found:
    first_us = round(DAY.timestamp() + min(time for _, time in logins)) * SECOND_US
    windows = windows_of(mode, size * SECOND_US, first_us)
    for number, (source, time) in enumerate(logins):
        if source:
            windows.add(source, f"u{number}", "m", round(DAY.timestamp() + time) * SECOND_US, b"")
    return sorted(
        (series.source, [(one.user, shown(one.time_us // SECOND_US - round(DAY.timestamp()))) for one in series.logins])
        for series in windows.series()
    )


@pytest.mark.parametrize("mode", ["tumbling", "sliding", "gap"])
@given(logins=logins, size=sizes)
@settings(max_examples=25, deadline=None)
def test_live_and_batch_find_the_same_series(mode: WindowMode, logins: list[Login], size: int) -> None:
    with_source = [series for series in by_batch(logins, size, mode) if series[0]]
    assert live(logins, size, mode) == with_source


@pytest.mark.parametrize("mode", ["tumbling", "sliding", "gap"])
@given(data=st.data(), logins=logins, size=sizes)
def test_any_order_of_arrival_gives_the_same_series(
    mode: WindowMode, data: st.DataObject, logins: list[Login], size: int
) -> None:
    timed = [(source, time) for source, time in logins if source]
    shuffled = data.draw(st.permutations(timed))

    def spans(arrived: list[Login]) -> list[tuple[str, list[int]]]:
        windows = windows_of(mode, size)
        for source, time in arrived:
            windows.add(source, "u", "m", time, b"")
        return sorted((series.source, [login.time_us for login in series.logins]) for series in windows.series())

    assert spans(shuffled) == spans(timed)
