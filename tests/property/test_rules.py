"""What holds of the rules whatever happens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.core.rules.attacks import attacker_of
from whotop.core.rules.book import RuleBook
from whotop.core.rules.failed_logins import FailedLogins
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.rule import RuleContext
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, EventKind, Machine, MachineState, Sample

MACHINES = ("web-01", "web-02", "db-01")
READINGS = st.lists(
    st.tuples(st.sampled_from(MACHINES), st.sampled_from((10.0, 87.0, 90.0, 97.0)), st.integers(1, 200), st.booleans()),
    max_size=60,
)
FAILURES = st.lists(
    st.tuples(
        st.sampled_from(MACHINES), st.sampled_from(("", "::1", "203.0.113.9", "198.51.100.7")), st.integers(0, 90)
    ),
    max_size=80,
)
STATES = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from((MachineState.UP, MachineState.STALE, MachineState.DOWN))),
    max_size=80,
)


def standing(alerts: list[Alert]) -> dict[bytes, Alert]:
    """Those that are open in the end."""
    return {alert.key: alert for alert in {alert.key: alert for alert in alerts}.values() if alert.is_open}


def watching(book: RuleBook) -> RuleBook:
    """A book that knows of slow machines: no pause between their readings is a gap."""
    for name in MACHINES:
        book.on_machine(Machine(name=name, address="", interval_seconds=7_200.0), 0)
    return book


@settings(max_examples=40, deadline=None)
@given(READINGS)
def test_a_restart_changes_nothing_of_limits(readings: list[tuple[str, float, int, bool]]) -> None:
    whole, parts = watching(RuleBook(RuleSettings())), watching(RuleBook(RuleSettings()))
    told_whole: list[Alert] = []
    told_parts: list[Alert] = []
    states: dict[tuple[str, str], object] = {}
    now_us = 0
    for machine, percent, pause, restart in readings:
        now_us += pause * SECOND_US
        if restart:
            states |= parts.state()
            parts = watching(RuleBook(RuleSettings(), {alert.key: alert for alert in told_parts}.values()))
            parts.restore_state({key: state for key, state in states.items() if state is not None})
        sample = Sample(machine=machine, time_us=now_us, cpu_percent=percent)
        told_whole += whole.on_sample(sample, now_us)
        told_parts += parts.on_sample(sample, now_us)
    assert standing(told_whole) == standing(told_parts)


@settings(max_examples=40, deadline=None)
@given(FAILURES)
def test_however_sources_fail_each_has_one_alert_and_it_ends(failures: list[tuple[str, str, int]]) -> None:
    alerts = OpenAlerts()
    rule = FailedLogins(RuleContext(RuleSettings(), alerts))
    now_us = 0
    for number, (machine, source, pause) in enumerate(failures):
        now_us += pause * SECOND_US
        failure = Event(
            machine=machine, kind=EventKind.FAILED_LOGIN, time_us=now_us, source=source, key=number.to_bytes(16)
        )
        rule.on_failed_login(failure, now_us)
        rule.tick(now_us)
        open_now = [attacker_of(alert.machine, alert.subject) for alert in alerts.of_rule("failed")]
        assert len(open_now) == len(set(open_now))
    rule.tick(now_us + 601 * SECOND_US)
    assert (alerts.of_rule("failed"), len(rule.attacks)) == ([], 0)


@settings(max_examples=40, deadline=None)
@given(STATES)
def test_whoever_is_lost_is_told_once_and_nobody_else(states: list[tuple[int, MachineState]]) -> None:
    book = RuleBook(RuleSettings())
    lost: set[str] = set()
    told: list[Alert] = []
    now_us = 0
    for number, state in states:
        now_us += 7 * SECOND_US
        name = f"web-{number}"
        lost.discard(name)
        if state is not MachineState.UP:
            lost.add(name)
        told += book.on_machine(Machine(name=name, address="", state=state), now_us)
    told += book.tick(now_us + 11 * SECOND_US)
    names = [name for alert in standing(told).values() for name in alert.machines or (alert.machine,)]
    assert sorted(names) == sorted(lost)
