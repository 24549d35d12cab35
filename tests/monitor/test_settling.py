"""Other settings while the monitor runs: nothing that rules know is lost, and new ones know what a start tells."""

from __future__ import annotations

from datetime import UTC

from tests.core.rules.judged import made
from tests.monitor.trial import FakeWriter
from whotop.clock import SECOND_US, ManualClock
from whotop.core.alert_marks import Mark, MarkKind
from whotop.core.locate import nowhere
from whotop.core.rules.account_tables import ConcurrentTable
from whotop.core.rules.book import RuleBook
from whotop.core.rules.login_tables import FailedTable, LoginsTable
from whotop.core.rules.machine_tables import ClockTable, CpuTable, UnreachableTable
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.model import Alert, Machine, MachineState, Sample
from whotop.monitor.judgement import Judgement
from whotop.monitor.outlet import Outlet
from whotop.monitor.publisher import Publisher
from whotop.monitor.settling import past_of

BEFORE = RuleSettings(logins=LoginsTable(on=False))


class Running:
    """What a monitor without a store judges by; times are in seconds."""

    def __init__(self, settings: RuleSettings = BEFORE) -> None:
        self.clock, self.writer = ManualClock(0), FakeWriter()
        self.publisher = Publisher(self.clock)
        self.outlet = Outlet(self.publisher, self.writer)
        self.judgement = Judgement(self.outlet, SessionTracker(), RuleBook(settings))

    async def settle(self, settings: RuleSettings) -> None:
        past = await past_of(settings, ["web-01"], self.publisher, None, self.clock)
        self.judgement.settle(settings, nowhere, UTC, past, self.clock.now_us())

    def event(self, kind: str, user: str = "alice", source: str = "10.0.0.7", *, judged: bool = True) -> None:
        self.clock.advance(10)
        seconds = self.clock.now_us() / SECOND_US
        event = made(kind, seconds, user, source, tty=f"pts/{seconds:g}", seen_us=self.clock.now_us())
        self.judgement.events([event], self.clock.now_us())
        if judged:
            self.wait(3)

    def busy(self, percent: float) -> None:
        self.clock.advance(10)
        self.judgement.sample(Sample(machine="web-01", time_us=0, cpu_percent=percent), self.clock.now_us())

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.judgement.tick(self.clock.now_us())

    def alerts(self, rule: str) -> list[Alert]:
        return [alert for alert in self.writer.alerts.values() if alert.rule == rule]


async def test_a_rule_whose_own_settings_are_the_same_counts_on() -> None:
    running = Running()
    for _ in range(4):
        running.event("failed", source="203.0.113.9")
    await running.settle(RuleSettings(logins=LoginsTable(on=False), cpu=CpuTable(percent=50)))
    running.event("failed", source="203.0.113.9")
    assert [alert.count for alert in running.alerts("failed")] == [5]


async def test_a_rule_that_changes_knows_of_the_failures_before() -> None:
    running = Running()
    for _ in range(4):
        running.event("failed", source="203.0.113.9")
    await running.settle(RuleSettings(logins=LoginsTable(on=False), failed=FailedTable(count=3)))
    running.event("failed", source="203.0.113.9")
    assert [(alert.count, alert.limit) for alert in running.alerts("failed")] == [(5, 3.0)]


async def test_a_figure_stays_over_its_limit_through_a_change_of_the_limit() -> None:
    running = Running()
    running.busy(99)
    await running.settle(RuleSettings(cpu=CpuTable(percent=80, for_seconds=15)))
    running.busy(99)
    running.busy(99)
    assert [(alert.opened_us, alert.limit) for alert in running.alerts("cpu")] == [(10 * SECOND_US, 80.0)]


async def test_an_alert_that_stands_keeps_its_key_and_what_was_said_of_it() -> None:
    running = Running(RuleSettings(cpu=CpuTable(for_seconds=0)))
    running.busy(99)
    (opened,) = running.alerts("cpu")
    running.judgement.mark(Mark(alert_key=opened.key, kind=MarkKind.ACKNOWLEDGED, by="ann", time_us=1))
    await running.settle(RuleSettings(cpu=CpuTable(for_seconds=0, percent=50)))
    running.busy(99)
    (now,) = running.alerts("cpu")
    assert (now.key, now.limit, now.acknowledged_by, now.is_open) == (opened.key, 50.0, "ann", True)


async def test_what_a_rule_that_is_replaced_had_still_to_say_is_kept() -> None:
    running = Running()
    running.busy(99)
    await running.settle(RuleSettings(cpu=CpuTable(percent=80)))
    assert ("cpu", "web-01\t") in running.judgement.rule_states()
    assert running.judgement.rule_states() == {}


async def test_alerts_of_a_rule_that_is_switched_off_resolve() -> None:
    running = Running(RuleSettings(clock=ClockTable(warn_seconds=1)))
    running.judgement.sample(Sample(machine="web-01", time_us=0, skew_us=5 * SECOND_US), 1)
    await running.settle(RuleSettings(clock=ClockTable(on=False)))
    running.wait(1)
    assert [alert.is_open for alert in running.alerts("clock")] == [False]


async def test_a_rule_that_is_switched_on_sees_the_sessions_that_are_open() -> None:
    running = Running()
    running.event("login", source="10.0.0.7")
    await running.settle(RuleSettings(logins=LoginsTable(on=False), concurrent=ConcurrentTable(on=True)))
    running.event("login", source="198.51.100.9")
    assert [alert.subject for alert in running.alerts("concurrent")] == ["alice"]


async def test_a_rule_that_is_switched_on_sees_the_machines_that_are_lost() -> None:
    running = Running(RuleSettings(unreachable=UnreachableTable(on=False)))
    lost = Machine(name="web-01", address="web-01", state=MachineState.DOWN, reason="refused")
    running.judgement.machine(lost, 0)
    running.outlet.machine(lost)
    await running.settle(RuleSettings())
    assert [alert.text for alert in running.alerts("unreachable")] == ["unreachable: refused"]


async def test_a_login_that_is_still_held_back_is_counted_once() -> None:
    running = Running()
    running.event("login")
    running.event("login", judged=False)
    await running.settle(RuleSettings(logins=LoginsTable(count=2)))
    running.wait(3)
    assert [alert.count for alert in running.alerts("logins")] == [2]
