"""Marks left in the store by a whotop that follows reach the one that polls, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.monitor.trial import FakeWriter, Trial
from whotop.clock import SECOND_US
from whotop.core.alert_marks import Mark, MarkKind
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.model import Alert, Level
from whotop.monitor.judgement import Judgement
from whotop.monitor.mark_box import MarkBox
from whotop.monitor.outlet import Outlet
from whotop.store.batch import WriteBatch
from whotop.store.follow import FollowFeed
from whotop.store.store import Store, open_store
from whotop.store.writer import StoreWriter

NOON_US = 1_763_726_400_000_000
ALERT = Alert(
    key=b"alert---cpu---01",
    rule="cpu",
    level=Level.WARN,
    machine="web-01",
    subject="",
    text="cpu 97% over 90%",
    opened_us=NOON_US,
    updated_us=NOON_US,
)
MARK = Mark(alert_key=ALERT.key, kind=MarkKind.ACKNOWLEDGED, by="alice", time_us=NOON_US + SECOND_US)


class Poller:
    """The part of a monitor that judges and writes, on a store."""

    def __init__(self, store: Store, trial: Trial) -> None:
        self.writer = StoreWriter(store, clock=trial.clock)
        self.judgement = Judgement(Outlet(trial.publisher, self.writer), SessionTracker(), RuleBook(RuleSettings()))
        self.box = MarkBox(store.marks, self.judgement, self.writer)

    async def empty(self) -> None:
        await self.box.empty(NOON_US + 2 * SECOND_US)
        await self.writer.flush()


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    store = await open_store(tmp_path / "whotop.db", clock=Trial(FakeWriter()).clock)
    await store.commit(WriteBatch(alerts={ALERT.key: ALERT}))
    return store


async def test_a_mark_reaches_whoever_polls_and_comes_back_to_whoever_follows(store: Store) -> None:
    trial = Trial()
    poller, follower = Poller(store, trial), FollowFeed(store, clock=trial.clock)
    poller.judgement.resume([], [ALERT], NOON_US)
    await follower.poll()
    await follower.mark(MARK)
    await poller.empty()
    (alert,) = (await store.restore(["web-01"])).alerts
    assert (alert.acknowledged_by, alert.acknowledged_us) == ("alice", MARK.time_us)
    assert await store.marks.waiting(NOON_US) == {}
    assert trial.fleet.alerts[ALERT.key] == alert
    await store.close()


async def test_a_mark_on_an_alert_that_another_process_judges_is_left_for_it(store: Store) -> None:
    poller = Poller(store, Trial())
    await store.marks.put(MARK)
    await poller.empty()
    assert list((await store.marks.waiting(NOON_US)).values()) == [MARK]
    await store.close()
