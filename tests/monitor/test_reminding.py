"""A rule that is switched on knows at once what the store has of the past."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.core.rules.judged import DAY, made, session
from tests.monitor.machine_talk import NOON_US
from tests.monitor.silent_collector import SilentCollector
from whotop.clock import SECOND_US, ManualClock
from whotop.collect.settings import CollectSettings
from whotop.core.rules.account_tables import DormantTable
from whotop.core.rules.attack_tables import SlowTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Machine, Target
from whotop.monitor.monitor import Monitor
from whotop.monitor.settings import MonitorSettings
from whotop.store.batch import WriteBatch
from whotop.store.store import Store, open_store

Open = Callable[[RuleSettings], AbstractAsyncContextManager[Monitor]]
NOON = NOON_US / SECOND_US


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "whotop.db", clock=ManualClock(NOON_US))
    sessions = [session(NOON - days * DAY, user="gustav") for days in (48, 50)]
    failures = [made("failed", NOON - hour * 3_600, "root") for hour in range(9)]
    await store.commit(
        WriteBatch(
            machines={"web-01": Machine(name="web-01", address="web-01")},
            sessions={one.key: one for one in sessions},
            events={one.key: one for one in failures},
        )
    )
    yield store
    await store.close()


@pytest.fixture
def opened(store: Store, collectors: list[SilentCollector], collect_settings: CollectSettings) -> Open:
    """A monitor with these rules for the length of a block."""

    @asynccontextmanager
    async def open_monitor(rules: RuleSettings) -> AsyncIterator[Monitor]:
        settings = MonitorSettings(collect=collect_settings, rules=rules)
        monitor = Monitor([Target(name="web-01")], settings, ManualClock(NOON_US), store)
        await monitor.start()
        try:
            yield monitor
        finally:
            await monitor.close()

    return open_monitor


async def test_whoever_was_last_seen_long_ago_is_dormant_at_once(opened: Open, store: Store) -> None:
    async with opened(RuleSettings(dormant=DormantTable(on=True))) as monitor:
        await monitor.flush()
        rules = monitor._judgement._rules
        (alert,) = rules.on_login(made("login", NOON, "gustav", "10.0.0.7"), NOON_US)
    assert alert.text == "gustav logged in from 10.0.0.7 after 48 days without a login"
    assert ("dormant", "gustav") in (await store.restore(["web-01"])).rule_states


async def test_failures_of_the_day_before_a_start_count(opened: Open) -> None:
    async with opened(RuleSettings(slow=SlowTable(on=True))) as monitor:
        rules = monitor._judgement._rules
        (alert,) = rules.on_failed_login(made("failed", NOON, "admin"), NOON_US)
    assert (alert.rule, alert.count) == ("slow", 10)


async def test_what_the_rules_remember_is_not_taught_again(
    opened: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = RuleSettings(dormant=DormantTable(on=True))
    async with opened(rules) as monitor:
        await monitor.flush()

    async def nobody_asks() -> None:
        raise AssertionError

    monkeypatch.setattr(store.events, "habits", nobody_asks)
    async with opened(rules):
        pass
