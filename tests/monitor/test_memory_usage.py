"""Usage without a store."""

from __future__ import annotations

from datetime import date

from whotop.core.feed import Batch, EventAdded
from whotop.core.fleet import Fleet
from whotop.core.usage import Part, UsageQuestion
from whotop.model import Event, EventKind
from whotop.monitor.memory_usage import FleetUsage

DAY = date(2025, 11, 21)
NOON_US = 1_763_726_400_000_000  # 2025-11-21T12:00:00Z


def fleet() -> Fleet:
    made = Fleet()
    told = [("ann", "web-01", EventKind.LOGIN), ("bob", "db-01", EventKind.LOGIN), ("cid", "db-01", EventKind.LOGOUT)]
    changes = tuple(
        EventAdded(Event(machine=machine, kind=kind, time_us=NOON_US, user=user, key=user.encode()))
        for user, machine, kind in told
    )
    made.apply(Batch(1, NOON_US, changes))
    return made


async def test_the_logins_that_are_in_memory_are_counted() -> None:
    usage = FleetUsage(fleet())
    report = await usage.report(UsageQuestion(start=DAY, end=DAY, by=Part.MACHINE))
    assert [(one.users, one.logins) for one in report.periods] == [(2, 2)]
    assert [(part.name, part.periods[0].users) for part in report.parts] == [("db-01", 1), ("web-01", 1)]


async def test_a_filter_and_excluded_users_hold_there_too() -> None:
    usage, asked = (
        FleetUsage(fleet()),
        UsageQuestion(start=DAY, end=DAY, where="machine:db*", excluded=frozenset({"x"})),
    )
    assert [one.user for one in await usage.users(asked, DAY, DAY)] == ["bob"]
