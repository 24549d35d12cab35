"""A user's row says what their sessions say, without looking at thousands of them for every frame."""

from __future__ import annotations

from datetime import UTC

import pytest
from msgspec.structs import replace

from tests.tui.small_fleet import NOW_US, machine, sample, session
from whotop.clock import HOUR_US, MINUTE_US, ManualClock
from whotop.core.feed import AnyChange, Batch, MachineChanged, Sampled, SessionChanged
from whotop.core.fleet import Fleet
from whotop.model import LastInput, MachineState
from whotop.tui.options import Limits
from whotop.tui.views import user_summary
from whotop.tui.views.scene import Scene
from whotop.tui.views.user_summary import UserSummaries

MACHINES = ("web-01", "web-02", "db-02")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_US)


@pytest.fixture
def scene(clock: ManualClock) -> Scene:
    scene = Scene(Fleet(), clock, UTC, Limits())
    take(scene, *(MachineChanged(machine(name)) for name in MACHINES))
    return scene


def take(scene: Scene, *changes: AnyChange) -> None:
    scene.fleet.apply(Batch(scene.fleet.revision + 1, NOW_US, changes))


def test_it_counts_what_counts_and_knows_the_newest_and_the_latest_input(scene: Scene) -> None:
    sessions = [
        session(1, "web-01", "alice", HOUR_US, "10.0.0.1", "pts/0"),
        session(2, "web-02", "alice", MINUTE_US, "10.0.0.2"),
        session(3, "db-02", "alice", 30, "10.0.0.3"),
    ]
    typed = replace(sample("web-01", 1, 1, 1, 1, 1), last_inputs=(LastInput(sessions[0].tty, NOW_US - 5_000_000),))
    down = MachineChanged(machine("db-02", MachineState.DOWN))
    take(scene, *map(SessionChanged, sessions), Sampled(typed), down)
    summary = UserSummaries(scene).of("alice")
    assert summary is not None
    assert (summary.on, summary.newest.source, summary.others) == (2, "10.0.0.2", 1)
    assert summary.input_us == NOW_US - 5_000_000


def test_where_no_session_counts_it_tells_of_all(scene: Scene) -> None:
    take(scene, SessionChanged(session(1, "db-02", "bob", 30, "10.0.0.3")))
    take(scene, MachineChanged(machine("db-02", MachineState.DOWN)))
    summary = UserSummaries(scene).of("bob")
    assert summary is not None
    assert (summary.on, summary.newest.source, summary.input_us) == (0, "10.0.0.3", None)


def test_of_nobody_there_is_none(scene: Scene) -> None:
    assert UserSummaries(scene).of("nobody") is None


def test_thousands_of_sessions_are_not_looked_through_for_each_change(
    scene: Scene, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_summary, "EXACT_SESSIONS", 2)
    summaries = UserSummaries(scene)
    take(scene, *(SessionChanged(session(number, "web-01", "deploy", number)) for number in range(3)))
    first = summaries.of("deploy")
    take(scene, SessionChanged(session(3, "web-01", "deploy", 9)))
    assert summaries.of("deploy") is first
    clock.advance(4 * user_summary.US_PER_SESSION / 1e6)
    later = summaries.of("deploy")
    assert later is not None
    assert later.on == 4
