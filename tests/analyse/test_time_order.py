"""Events in the order of their times, however many there are."""

from __future__ import annotations

import tempfile
from errno import ENOENT
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.analyse.time_order import TimeOrder, merged
from whotop.errors import WhotopError
from whotop.model import Event, EventKind

times = st.lists(st.integers(0, 30), max_size=60)


def events_at(times_us: list[int], name: str = "m") -> list[Event]:
    return [
        Event(machine=name, kind=EventKind.LOGIN, time_us=time_us, user=f"u{number}")
        for number, time_us in enumerate(times_us)
    ]


@given(times, st.integers(1, 70))
def test_it_sorts_as_if_all_were_held_in_memory(times_us: list[int], held: int) -> None:
    events = events_at(times_us)
    with TimeOrder(held=held) as order:
        assert list(order.sorted(events)) == sorted(events, key=lambda event: event.time_us)
        assert order.count == len(events)


@given(st.lists(times, max_size=4), st.integers(1, 30))
def test_of_equal_times_those_of_the_first_file_come_first(files: list[list[int]], held: int) -> None:
    told = [events_at(times_us, f"m{number}") for number, times_us in enumerate(files)]
    with TimeOrder(held=held) as order:
        found = list(merged([order.sorted(events) for events in told]))
    assert found == sorted((event for events in told for event in events), key=lambda event: event.time_us)


def test_no_more_than_is_allowed_stays_in_memory() -> None:
    with TimeOrder(held=10) as order:
        streams = [order.sorted(events_at([1, 2, 3, 4])) for _ in range(5)]
        assert order._left == 2
        assert len(list(merged(streams))) == 20


def test_where_no_temporary_folder_is_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def temporary_file(**_how: object) -> None:
        raise FileNotFoundError(ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "TemporaryFile", temporary_file)
    with pytest.raises(WhotopError, match=r"^TMPDIR: no room to sort in: No usable"), TimeOrder(held=1) as order:
        order.sorted(events_at([3, 1, 2]))


def test_a_disk_without_room_to_sort_in_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    full = partial(open, "/dev/full", "r+b")
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *, prefix, **how: full(**how))
    with pytest.raises(WhotopError, match="no room to sort in"), TimeOrder(held=1) as order:
        order.sorted(events_at([3, 1, 2]))
