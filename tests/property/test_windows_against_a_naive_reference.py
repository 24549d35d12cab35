"""Windows of logins: any order of arrival gives what the definition gives."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from whotop.core.windows import TumblingWindows

Login = tuple[str, int]

logins = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(-200, 200)), max_size=60)


def naive(logins: list[Login], size: int, start: int) -> list[tuple[int, str, list[tuple[int, bytes]]]]:
    """The definition: group by window and source, more than one, by time, ties in input order."""
    groups: dict[tuple[int, str], list[tuple[int, bytes]]] = defaultdict(list)
    for number, (source, time) in enumerate(logins):
        window = start
        while not window <= time < window + size:
            window += size if time >= window else -size
        groups[window, source].append((time, b"%d" % number))
    return sorted(
        (window, source, sorted(group, key=lambda login: login[0]))
        for (window, source), group in groups.items()
        if len(group) > 1
    )


@given(logins, st.integers(1, 100), st.integers(-50, 50))
def test_series_are_those_of_the_definition(logins: list[Login], size: int, start: int) -> None:
    windows = TumblingWindows(size, start)
    for number, (source, time) in enumerate(logins):
        windows.add(source, "u", "m", time, b"%d" % number)
    found = sorted(
        (series.window_start_us, series.source, [(login.time_us, login.key) for login in series.logins])
        for series in windows.series()
    )
    assert found == naive(logins, size, start)


@given(logins, st.integers(1, 100))
def test_every_series_given_on_the_way_is_what_the_window_held_then(logins: list[Login], size: int) -> None:
    windows = TumblingWindows(size)
    given = []
    for number, (source, time) in enumerate(logins):
        series = windows.add(source, "u", "m", time, b"%d" % number)
        if series is not None:
            given.append((series, series.logins))
    for series, then in given:
        assert series.logins == then
        assert (series.first_us, series.last_us, series.count) == (then[0].time_us, then[-1].time_us, len(then))
