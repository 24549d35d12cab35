"""Six pictures: the fleet screen at three sizes, a machine, a source and an alert; all else asserts text."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tests.tui.small_fleet import NOW_US, SESSIONS, ended
from tests.tui.test_alerts import ATTACK, FAILURES
from tests.tui.test_machine_screen import running
from tests.tui.trial import Trial
from whotop.clock import HOUR_US, MINUTE_US
from whotop.core.feed import AlertChanged, MinuteFigures
from whotop.model import Outcome

SnapCompare = Callable[..., bool]


def settled(trial: Trial, *keys: str) -> Callable[[Pilot[None]], object]:
    async def run_before(pilot: Pilot[None]) -> None:
        trial.pilot = pilot
        await trial.settle()
        await trial.press(*keys)

    return run_before


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 44)], ids=["80x24", "120x36", "160x44"])
def test_the_fleet(trial: Trial, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(trial.app, terminal_size=size, run_before=settled(trial, "j", "j", "j"))


def test_a_machine(trial: Trial, snap_compare: SnapCompare) -> None:
    trial.feed.history.minutes = [
        MinuteFigures(
            NOW_US - minute * MINUTE_US, 12, 40 + 30 * math.sin(minute / 7), 90.0, 60 + minute / 4, None,
            1 + math.cos(minute / 9), 2.0, 50.0, 3,
        )
        for minute in range(1, 60)
    ]  # fmt: skip
    outcomes = (Outcome.LOGOUT, Outcome.LOGOUT, Outcome.GONE, Outcome.CRASH)
    trial.feed.history.past = [
        ended(100 + number, "web-01", ("alice", "bob", "root")[number % 3], (5 + number * 7) * HOUR_US,
              (20 + number * 13) * MINUTE_US, outcomes[number % 4])
        for number in range(20)
    ]  # fmt: skip
    trial.feed.running = {session.key: running("vim /etc/hosts") for session in SESSIONS}
    keys = ("j", "j", "j", "j", "j", "enter")
    assert snap_compare(trial.app, terminal_size=(160, 44), run_before=settled(trial, *keys))


def test_an_alert(trial: Trial, snap_compare: SnapCompare) -> None:
    trial.feed.history.past_events = FAILURES
    seen = replace(ATTACK, acknowledged_us=NOW_US, acknowledged_by="alice", muted_until_us=NOW_US + HOUR_US)
    trial.feed.publish([AlertChanged(seen)], NOW_US)
    keys = ("3", "G", "enter")
    assert snap_compare(trial.app, terminal_size=(120, 36), run_before=settled(trial, *keys))


def test_a_source(trial: Trial, snap_compare: SnapCompare) -> None:
    trial.feed.history.past = [
        replace(
            ended(100 + number, f"web-{number % 4:02}", ("alice", "bob", "root")[number % 3],
                  (3 + number // 5 * 9) * HOUR_US + number % 5 * 7 * MINUTE_US, 5 * MINUTE_US, Outcome.LOGOUT),
            source="203.0.113.9",
        )
        for number in range(20)
    ]  # fmt: skip
    keys = ("2", "G", "i")
    assert snap_compare(trial.app, terminal_size=(120, 36), run_before=settled(trial, *keys))
