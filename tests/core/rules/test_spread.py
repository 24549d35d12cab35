from __future__ import annotations

from whotop.core.rules.spread import Spreads
from whotop.core.windows import Series, TumblingWindows

SECOND_US = 1_000_000


def added(windows: TumblingWindows, user: str, machine: str, at_seconds: int) -> Series | None:
    return windows.add("10.0.0.7", user, machine, at_seconds * SECOND_US, b"")


def spread(spreads: Spreads, series: Series | None) -> tuple[set[str], set[str]]:
    assert series is not None
    found = spreads.of(series)
    return set(found.users), set(found.machines)


def test_a_spread_grows_with_its_series() -> None:
    windows, spreads = TumblingWindows(3_600 * SECOND_US), Spreads()
    added(windows, "ann", "web-01", 1)
    assert spread(spreads, added(windows, "bob", "web-01", 2)) == ({"ann", "bob"}, {"web-01"})
    added(windows, "cid", "web-02", 3)
    assert spread(spreads, added(windows, "ann", "web-03", 4)) == (
        {"ann", "bob", "cid"},
        {"web-01", "web-02", "web-03"},
    )


def test_a_late_login_counts_as_well() -> None:
    windows, spreads = TumblingWindows(3_600 * SECOND_US), Spreads()
    added(windows, "ann", "web-01", 10)
    spread(spreads, added(windows, "ann", "web-01", 20))
    assert spread(spreads, added(windows, "bob", "web-02", 5)) == ({"ann", "bob"}, {"web-01", "web-02"})


def test_the_next_window_begins_anew() -> None:
    windows, spreads = TumblingWindows(3_600 * SECOND_US), Spreads()
    added(windows, "ann", "web-01", 10)
    spread(spreads, added(windows, "ann", "web-01", 20))
    added(windows, "bob", "web-02", 3_700)
    assert spread(spreads, added(windows, "bob", "web-02", 3_710)) == ({"bob"}, {"web-02"})


def test_an_earlier_state_of_a_series_has_its_own_spread() -> None:
    windows, spreads = TumblingWindows(3_600 * SECOND_US), Spreads()
    added(windows, "ann", "web-01", 1)
    before, after = added(windows, "ann", "web-01", 2), added(windows, "bob", "web-02", 3)
    assert spread(spreads, after) == ({"ann", "bob"}, {"web-01", "web-02"})
    assert spread(spreads, before) == ({"ann"}, {"web-01"})
