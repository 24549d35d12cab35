"""Who is on which machine by a table of events: what a set of users for each machine gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.core.tracker import SessionTracker
from whotop.model import Event, EventKind

rows = st.lists(
    st.builds(
        Event,
        time_us=st.integers(0, 30).map(lambda seconds: seconds * SECOND_US),
        kind=st.sampled_from([EventKind.LOGIN, EventKind.LOGOUT]),
        machine=st.sampled_from(["a", "b"]),
        user=st.sampled_from(["ann", "bob"]),
    ),
    max_size=60,
    unique_by=lambda event: (event.time_us, event.kind, event.machine, event.user),
)


@given(rows)
def test_a_login_adds_its_user_a_logout_takes_it_away_and_any_other_logout_is_unmatched(events: list[Event]) -> None:
    on: set[tuple[str, str]] = set()
    unmatched = 0
    tracker = SessionTracker()
    for event in sorted(events, key=lambda event: event.time_us):
        tracker.apply(event)
        who = (event.machine, event.user)
        if event.kind is EventKind.LOGIN:
            on.add(who)
        elif who in on:
            on.remove(who)
        else:
            unmatched += 1
    assert {(session.machine, session.user) for session in tracker.open_sessions()} == on
    assert tracker.unmatched_logouts == unmatched
