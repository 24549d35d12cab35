from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.small_fleet import ALERTS, NOW_US, event, machine, sample, session
from whotop.core.feed import (
    AlertChanged,
    AnyChange,
    Batch,
    EventAdded,
    MachineChanged,
    MachineRemoved,
    Sampled,
    SessionChanged,
)
from whotop.core.fleet import Fleet
from whotop.model import EventKind, MachineState, Outcome
from whotop.tui.intake import EVENTS_WAITING, Intake


def batch(number: int, *changes: AnyChange) -> Batch:
    return Batch(number, NOW_US, changes)


def test_a_batch_is_applied_at_once() -> None:
    fleet = Fleet()
    news = Intake(fleet).take(batch(1, MachineChanged(machine("web-01"))))
    assert news is not None
    assert news.touched.machines == {"web-01"}
    assert "web-01" in fleet.machines


def test_while_paused_nothing_is_applied_and_the_newest_of_each_key_waits() -> None:
    fleet = Fleet()
    intake = Intake(fleet)
    intake.pause()
    for number in range(100):
        assert intake.take(batch(number, Sampled(sample("web-01", float(number), 1, 1, 1, 1)))) is None
    assert not fleet.samples
    news = intake.resume()
    assert news is not None
    assert len(news.changes) == 1
    assert fleet.samples["web-01"].cpu_percent == 99.0
    assert fleet.revision == 99


def test_only_events_and_alerts_are_counted_as_new_and_each_once() -> None:
    intake = Intake(Fleet())
    intake.pause()
    login = event(1, EventKind.LOGIN, "web-01", 0, "alice")
    intake.take(batch(1, EventAdded(login), AlertChanged(ALERTS[0]), Sampled(sample("web-01", 1, 1, 1, 1, 1))))
    intake.take(batch(2, EventAdded(login), AlertChanged(ALERTS[0])))
    assert intake.arrived == 2


def test_going_on_when_nothing_came_is_no_news() -> None:
    intake = Intake(Fleet())
    intake.pause()
    assert intake.resume() is None
    assert intake.take(batch(1, MachineChanged(machine("web-01")))) is not None


def test_a_long_pause_keeps_no_more_events_than_it_can_bear() -> None:
    intake = Intake(Fleet())
    intake.pause()
    for number in range(EVENTS_WAITING + 50):
        intake.take(batch(number, EventAdded(event(number, EventKind.LOGIN, "web-01", 0, "alice"))))
    news = intake.resume()
    assert news is not None
    assert len(news.changes) == EVENTS_WAITING
    assert intake.arrived == EVENTS_WAITING + 50


names = st.sampled_from(["web-01", "db-02"])
changes = st.one_of(
    names.map(lambda name: MachineChanged(machine(name))),
    names.map(lambda name: MachineChanged(machine(name, MachineState.DOWN))),
    names.map(MachineRemoved),
    st.builds(lambda number, name: SessionChanged(session(number, name, "alice", 0)), st.integers(0, 3), names),
    st.builds(
        lambda number, name: SessionChanged(
            msgspec.structs.replace(session(number, name, "alice", 0), outcome=Outcome.LOGOUT, logout_us=NOW_US)
        ),
        st.integers(0, 3),
        names,
    ),
    st.integers(0, 3).map(lambda number: EventAdded(event(number, EventKind.LOGIN, "web-01", 0, "alice"))),
)


@given(st.lists(changes, max_size=20))
def test_after_a_pause_machines_and_alerts_are_as_if_there_had_been_none(arriving: list[AnyChange]) -> None:
    watching, pausing = Fleet(), Fleet()
    intake = Intake(pausing)
    intake.pause()
    for number, change in enumerate(arriving):
        watching.apply(batch(number, change))
        intake.take(batch(number, change))
    intake.resume()
    assert pausing.machines == watching.machines
    assert set(pausing.events) == set(watching.events)
