"""The judgement forgets what ended long ago by itself, a few machines at a time."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.clock import SECOND_US, ManualClock
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.monitor.judgement import EXPIRED_IN_TICKS, Judgement
from whotop.monitor.outlet import Outlet
from whotop.monitor.publisher import Publisher

NOON_US = 1_448_971_200_000_000


class AgingTracker(SessionTracker):
    """Remembers which machines it was asked to look through."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._names = [f"web-{number:03d}" for number in range(count)]
        self.seen: list[str] = []

    def machines(self) -> list[str]:
        return list(self._names)

    def expire(self, before_us: int, machines: Iterable[str] | None = None) -> None:
        assert machines is not None
        self.seen += machines


def aged(count: int, ticks: int) -> list[str]:
    """Those of ``count`` machines that are looked through in so many seconds."""
    tracker = AgingTracker(count)
    judgement = Judgement(Outlet(Publisher(ManualClock(NOON_US)), None), tracker, RuleBook(RuleSettings()))
    for second in range(ticks):
        judgement.tick(NOON_US + second * SECOND_US)
    return tracker.seen


def test_every_machine_is_looked_through_in_a_minute() -> None:
    assert set(aged(500, EXPIRED_IN_TICKS)) == set(aged(500, 10 * EXPIRED_IN_TICKS))
    assert len(set(aged(500, EXPIRED_IN_TICKS))) == 500


def test_no_tick_looks_through_many_machines() -> None:
    assert len(aged(600, 1)) <= 1 + 600 // EXPIRED_IN_TICKS


def test_a_fleet_of_one_is_looked_through_too() -> None:
    assert set(aged(1, 2)) == {"web-000"}
