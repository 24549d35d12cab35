"""The palette goes to machines, users and sources by name, also to those that only the store knows."""

from __future__ import annotations

import asyncio

from tests.tui.fake_feed import FakeFeed, FakeHistory
from tests.tui.small_fleet import NOW_US
from tests.tui.trial import Trial
from whotop.core.names import KnownName, NameKind
from whotop.errors import StoreError
from whotop.tui.views.place import MachinePlace

OLD = [KnownName(NameKind.MACHINE, name, NOW_US) for name in ("[b]old", "old-02")]


async def test_a_machine_that_nobody_watches_is_told_of_found_and_opened(trial: Trial, feed: FakeFeed) -> None:
    feed.history.names = [*OLD, KnownName(NameKind.MACHINE, "web-01", NOW_US)]
    async with trial.run((80, 24)):
        assert "1 Machines 8 +2 in the store (:)  2 Users" in trial.lines()[1]
        await trial.pilot.click("#pane-1", offset=(20, 0))
        await trial.settle()
        assert trial.line("[b]old ", " machine · not watched, last login 14:22:07")
        await trial.type("old-")
        await trial.press("enter")
        assert trial.top.place == MachinePlace("old-02")


class SlowHistory(FakeHistory):
    """Answers once it is let go, and may fail at it."""

    def __init__(self) -> None:
        super().__init__()
        self.names = OLD
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()
        self.fails = False

    async def names_like(self, text: str, kind: NameKind, limit: int = 8) -> list[KnownName]:
        if kind is NameKind.MACHINE:
            self.asked.append(text)
        await self.may_answer.wait()
        if self.fails:
            raise StoreError("a.db: [red]locked")
        return await super().names_like(text, kind, limit)


async def test_answers_to_what_is_typed_no_longer_are_dropped(trial: Trial, feed: FakeFeed) -> None:
    history = feed.history = SlowHistory()
    async with trial.run():
        await trial.press("colon")
        await trial.type("old")
        await trial.type("-02")
        assert "nothing has this in its name" in trial.text()
        history.may_answer.set()
        await trial.settle()
        assert history.asked == ["o", "old-02"]
        assert trial.line("old-02 ", " machine · ")
        assert "[b]old" not in trial.text()


async def test_a_store_that_cannot_answer_says_why(trial: Trial, feed: FakeFeed) -> None:
    history = feed.history = SlowHistory()
    history.fails = True
    history.may_answer.set()
    async with trial.run():
        await trial.press("colon")
        await trial.type("old")
        assert "a.db: [red]locked" in trial.text()
