"""The monitor as a whole, with a real store and machines for which the test speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.silent_collector import SilentCollector
from whotop.clock import ManualClock
from whotop.collect.settings import CollectSettings
from whotop.config.usage_settings import UsageTable
from whotop.core.fleet import Fleet
from whotop.core.rules.account_tables import IdleTable
from whotop.core.rules.settings import RuleSettings
from whotop.errors import StoreError, UnreachableError
from whotop.model import Outcome, Session, Target
from whotop.monitor import monitor as monitor_module
from whotop.monitor.intake import Intake
from whotop.monitor.monitor import Monitor
from whotop.monitor.settings import MonitorSettings
from whotop.store.store import Store, open_store

Open = Callable[..., AbstractAsyncContextManager[Monitor]]

WEB, DB = Target(name="web-01", interval_seconds=1.0), Target(name="db-01", interval_seconds=1.0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "whotop.db", clock=ManualClock(NOON_US))
    yield store
    await store.close()


@pytest.fixture
def opened(collectors: list[SilentCollector], collect_settings: CollectSettings) -> Open:
    """A monitor for the length of a block."""

    @asynccontextmanager
    async def open_monitor(*targets: Target, store: Store | None = None) -> AsyncIterator[Monitor]:
        monitor = Monitor(targets, MonitorSettings(collect=collect_settings), ManualClock(NOON_US), store)
        await monitor.start()
        try:
            yield monitor
        finally:
            await monitor.close()

    return open_monitor


async def fleet_of(monitor: Monitor) -> Fleet:
    fleet = Fleet()
    fleet.apply(await anext(monitor.batches()))
    return fleet


async def test_machines_are_added_removed_and_reached_in_another_way(
    opened: Open, collectors: list[SilentCollector], talk: Talk
) -> None:
    async with opened(WEB, DB) as monitor:
        (collector,) = collectors
        collector.speak("web-01", talk, 0, talk.login(-60))
        moved = Target(name="web-01", host="10.0.0.1", interval_seconds=1.0)
        new = Target(name="app-01")
        await monitor.retarget([moved, new])
        assert collector.watched == {"web-01": moved, "app-01": new}
        fleet = await fleet_of(monitor)
        assert fleet.machines.keys() == {"web-01", "app-01"}
        assert fleet.machines["web-01"].address == "10.0.0.1"
        assert [session.user for session in fleet.sessions.values()] == ["alice"]


async def test_a_machine_that_is_the_same_keeps_its_connection(opened: Open, collectors: list[SilentCollector]) -> None:
    async with opened(WEB) as monitor:
        collectors[0].watched.clear()
        await monitor.retarget([WEB, DB])
        assert collectors[0].watched.keys() == {"db-01"}


async def test_a_machine_that_comes_back_goes_on_where_it_was_left(
    opened: Open, collectors: list[SilentCollector], store: Store, talk: Talk
) -> None:
    login = talk.login(1)
    async with opened(WEB, store=store) as monitor:
        (collector,) = collectors
        collector.speak("web-01", talk, 2, login, wtmp=(login,))
        cursors = collector.sink.cursors("web-01")
        await monitor.retarget([])
        assert (await fleet_of(monitor)).sessions == {}
        await monitor.retarget([WEB])
        assert collector.sink.cursors("web-01") == cursors
        collector.speak("web-01", talk, 60, wtmp=(talk.logout(30),))
        assert (await fleet_of(monitor)).sessions == {}
    (session,) = await store.history.sessions()
    assert (session.outcome, session.logout_us) == (Outcome.LOGOUT, talk.at(30))


async def test_what_is_safe_is_acknowledged(
    opened: Open, collectors: list[SilentCollector], store: Store, talk: Talk
) -> None:
    async with opened(WEB, store=store):
        collectors[0].speak("web-01", talk, 2, wtmp=(talk.login(1), talk.logout(2)))
        assert collectors[0].acknowledged == []
    assert collectors[0].acknowledged == [("web-01", "wtmp", 768)]


async def test_without_a_store_everything_counts_as_safe_at_once(
    opened: Open, collectors: list[SilentCollector], talk: Talk
) -> None:
    async with opened(WEB):
        collectors[0].speak("web-01", talk, 2, wtmp=(talk.login(1),))
        assert collectors[0].acknowledged == [("web-01", "wtmp", 384)]


async def test_a_start_shows_what_the_store_has(
    opened: Open, collectors: list[SilentCollector], store: Store, talk: Talk
) -> None:
    async with opened(WEB, DB, store=store) as monitor:
        collectors[0].speak("web-01", talk, 2, talk.login(1))
        collectors[0].speak("db-01", talk, 2, talk.login(1, user="bob"))
        before = await fleet_of(monitor)
    async with opened(WEB, store=store) as monitor:
        after = await fleet_of(monitor)
    assert [session.user for session in after.sessions.values()] == ["alice"]
    assert after.events == {key: event for key, event in before.events.items() if event.machine == "web-01"}


async def test_a_start_counts_the_failed_logins_that_the_store_has_once(
    opened: Open, collectors: list[SilentCollector], store: Store, talk: Talk
) -> None:
    async with opened(WEB, store=store) as monitor:
        collectors[0].speak("web-01", talk, 2, talk.login(1))
        records = talk.wrote(3, talk.failure(2), talk.failure(3), origin="btmp")
        collectors[0].sink.records("web-01", records, NOON_US)
        before = (await fleet_of(monitor)).failures
    async with opened(WEB, store=store) as monitor:
        collectors[-1].sink.records("web-01", records, NOON_US)
        after = (await fleet_of(monitor)).failures
    assert after.machine_total("web-01").in_hour(NOON_US) == before.machine_total("web-01").in_hour(NOON_US) == 2
    assert list(after.all.values()) == list(before.all.values())


async def test_a_store_in_trouble_is_told_and_changes_nothing(
    opened: Open, collectors: list[SilentCollector], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(batch: object) -> int:
        raise StoreError("the disk is full")

    async with opened(WEB, store=store) as monitor:
        assert not monitor.notices
        with monkeypatch.context() as patched:
            patched.setattr(store, "commit", full)
            with pytest.raises(StoreError):
                await monitor.retarget([DB])
        assert "the disk is full" in monitor.notices[0]
        assert collectors[0].watched == {"web-01": WEB}
        await monitor.retarget([DB])
        assert not monitor.notices


async def test_a_fault_of_whotop_itself_ends_the_feed(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(intake: Intake, now_us: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(monitor_module, "SWEEP_SECONDS", 0)
    monkeypatch.setattr(Intake, "sweep", fail)
    async with opened(WEB) as monitor:
        with pytest.raises(ZeroDivisionError):
            _ = [batch async for batch in monitor.batches()]


async def test_processes_can_be_asked_of_a_connected_machine_alone(opened: Open) -> None:
    async with opened(WEB) as monitor:
        session = Session(key=bytes(16), machine="web-01", user="alice", login_us=NOON_US, leader_pid=7)
        with pytest.raises(UnreachableError):
            await monitor.processes(session)


async def test_the_feed_ends_with_the_monitor(opened: Open) -> None:
    async with opened(WEB) as monitor:
        batches = monitor.batches()
        await anext(batches)
    assert [batch async for batch in batches] == []


async def test_other_settings_are_taken_up_and_the_sessions_stay(
    opened: Open, store: Store, collectors: list[SilentCollector], talk: Talk, collect_settings: CollectSettings
) -> None:
    async with opened(WEB, store=store) as monitor:
        collectors[0].speak("web-01", talk, 0, talk.login(0))
        idle = RuleSettings(idle=IdleTable(on=True))
        await monitor.settle(MonitorSettings(collect=collect_settings, rules=idle, usage=UsageTable()))
        assert len((await fleet_of(monitor)).sessions) == 1


async def test_other_settings_take_up_no_alert_that_another_process_has_left(
    opened: Open, store: Store, collect_settings: CollectSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(WEB, store=store) as monitor:
        monkeypatch.setattr(store, "restore", None)
        await monitor.settle(MonitorSettings(collect=collect_settings, rules=RuleSettings(idle=IdleTable(on=True))))
