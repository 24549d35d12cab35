"""Failed logins of the last day, and those that are kept from before, in one table."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.tui.fake_feed import FakeHistory
from tests.tui.small_fleet import NOW_US, whole_fleet
from whotop.clock import DAY_US, ManualClock
from whotop.core.failure_book import FailureKey
from whotop.core.feed import Batch
from whotop.core.fleet import Fleet
from whotop.core.kept_failures import KeptFailures, KeptTally
from whotop.core.names import NameKind
from whotop.tui.columns import lay_out
from whotop.tui.options import Limits
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.past import Past
from whotop.tui.views.past_failures import PastFailures
from whotop.tui.views.reached import Reached, ReachedView
from whotop.tui.views.scene import Scene

ATTACKER = "203.0.113.9"


def kept(machine: str, user: str, count: int, ago_us: int, tty: str = "tty1") -> KeptTally:
    return KeptTally(FailureKey(machine, user, ATTACKER), count, NOW_US - ago_us, tty)


@pytest.fixture
def scene() -> Scene:
    fleet = Fleet()
    fleet.apply(Batch(1, NOW_US, tuple(whole_fleet())))
    return Scene(fleet, ManualClock(NOW_US), UTC, Limits())


async def asked(*tallies: KeptTally, kind: NameKind, name: str) -> PastFailures:
    history = FakeHistory()
    history.past_failures = list(tallies)
    past = PastFailures(kind, name)
    await past.load(history)
    return past


async def machine_view(scene: Scene, machine: str, *tallies: KeptTally) -> FailedLoginsView:
    past = await asked(*tallies, kind=NameKind.MACHINE, name=machine)
    return FailedLoginsView(
        scene, ("user", "tty"), lambda fleet: fleet.failures.of_machine(machine), lambda: "cannot tell", past
    )


def rows(view: FailedLoginsView) -> list[list[str]]:
    keys = sorted(view.rows(), key=lambda key: str(view.sort_value(key, "last")), reverse=True)
    return [["".join(text for text, _ in cell) for cell in view.cells(key)] for key in keys]


async def test_on_a_machine_that_nobody_watches_those_of_the_last_day_are_unknown_not_none(scene: Scene) -> None:
    view = await machine_view(
        scene, "old-01", kept("old-01", "root", 12, 2 * DAY_US), kept("old-01", "admin", 3, DAY_US)
    )
    assert rows(view) == [
        ["admin", "tty1", "?", "?", "3", "Nov 19"],
        ["root", "tty1", "?", "?", "12", "Nov 18"],
    ]
    assert view.count() == "15 kept"


async def test_where_a_machine_tells_of_them_those_of_the_last_day_stand_beside_those_that_are_kept(
    scene: Scene,
) -> None:
    view = await machine_view(
        scene, "db-02", kept("db-02", "root", 500, DAY_US // 2), kept("db-02", "admin", 7, 3 * DAY_US)
    )
    assert rows(view) == [
        ["guest", "ssh:notty", "1", "1", "1", "14:22:01"],
        ["root", "ssh:notty", "23", "23", "500", "14:17:57"],
        ["admin", "tty1", "0", "0", "7", "Nov 17"],
    ]
    assert view.count() == "24 in 24h, 507 kept"


async def test_what_failed_since_history_was_asked_is_counted_among_what_is_kept(scene: Scene) -> None:
    view = await machine_view(scene, "db-02", kept("db-02", "root", 20, 0))
    assert view.value(FailureKey("db-02", "root", ATTACKER), "kept") == 23
    assert view.count() == "24"


async def test_on_a_narrow_table_the_number_kept_gives_way_unless_it_is_more_than_the_days(scene: Scene) -> None:
    def shown(view: FailedLoginsView) -> list[str]:
        return [placed.column.key for placed in lay_out(view.columns_now(), 36, start=0)]

    assert shown(await machine_view(scene, "db-02")) == ["user", "failed", "day", "last"]
    older = await machine_view(scene, "db-02", kept("db-02", "root", 500, 0))
    assert shown(older) == ["user", "failed", "kept", "last"]


async def test_where_nothing_is_kept_it_is_said_why(scene: Scene) -> None:
    view = await machine_view(scene, "old-01")
    assert (rows(view), view.count(), view.empty()) == ([], "0", "cannot tell")


async def test_the_later_failure_says_from_which_terminal(scene: Scene) -> None:
    view = await machine_view(scene, "db-02", kept("db-02", "root", 500, -1, "tty7"))
    assert view.value(FailureKey("db-02", "root", ATTACKER), "tty") == "tty7"


async def test_a_filter_finds_them_by_how_many_are_kept(scene: Scene) -> None:
    view = await machine_view(scene, "old-01", kept("old-01", "root", 12, DAY_US))
    assert "kept" in view.fields
    key = FailureKey("old-01", "root", ATTACKER)
    assert [view.value(key, field) for field in ("kept", "day", "failed")] == [12, None, None]


async def test_what_a_source_only_tried_long_ago_is_among_what_it_reached(scene: Scene) -> None:
    past = await asked(kept("old-01", "admin", 40, 90 * DAY_US), kind=NameKind.SOURCE, name=ATTACKER)
    view = ReachedView(scene, Past(lambda session: False), past, ATTACKER)
    assert set(view.rows()) == {Reached("db-02", "root"), Reached("db-02", "guest"), Reached("old-01", "admin")}
    assert [view.value(key, "failed") for key in sorted(view.rows())] == [1, 23, 40]
    assert view.contains(Reached("old-01", "admin"))


async def test_where_only_the_newest_were_counted_it_is_said() -> None:
    class Endless(FakeHistory):
        async def failed_logins(self, kind: NameKind, name: str, limit: int = 500) -> KeptFailures:
            return KeptFailures((kept("web", "root", 50_000, 0),), 50_000, is_all=False)

    past = PastFailures(NameKind.USER, "root")
    assert past.clause == ""
    await past.load(Endless())
    assert past.words == "newest 50000 kept"
    assert past.clause == "; newest 50,000 failed logins kept"
