from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from whotop.core.keys import KEY_BYTES, alert_key, event_key, logout_key, session_key
from whotop.model import Event, Origin, RawText, Standing

MakeEvent = Callable[..., Event]


def test_a_key_has_sixteen_bytes_and_is_the_same_in_every_process(event: MakeEvent) -> None:
    login = event("login", 1, user="alice", tty="pts/0", source="10.0.0.7")
    assert len(event_key(login)) == KEY_BYTES
    assert event_key(login).hex() == "ad8d65fd9d0499612c98ae207ebc0bbb"


@pytest.mark.parametrize(
    "other",
    [
        {"machine": "web-02"},
        {"user": "bob"},
        {"tty": "pts/1"},
        {"source": "10.0.0.8"},
        {"time_us": 2},
        {"record_id": "7"},
        {"session_id": "7"},
        {"ordinal": 1},
    ],
)
def test_whatever_identifies_an_event_changes_its_key(event: MakeEvent, other: dict[str, object]) -> None:
    login = event("login", 1, user="alice", tty="pts/0", source="10.0.0.7")
    assert event_key(replace(login, **other)) != event_key(login)


def test_how_an_event_came_to_us_does_not_change_its_key(event: MakeEvent) -> None:
    login = event("login", 1, user="alice")
    imported = replace(login, standing=Standing.HISTORY, seen_us=5, skew_us=9, origin=Origin.WTMP, boot_id="b")
    assert event_key(imported) == event_key(login)


def test_texts_that_look_alike_when_made_safe_have_two_keys(event: MakeEvent) -> None:
    visible = event("login", 1, user="root\\x1b")
    hidden = event("login", 1, user="root\\x1b", raw=RawText(user="root\x1b"))
    assert event_key(visible) != event_key(hidden)


def test_a_raw_text_leaves_the_other_fields_as_they_are(event: MakeEvent) -> None:
    plain = event("login", 1, user="alice", tty="pts/0")
    same_texts = event("login", 1, user="?", tty="pts/0", raw=RawText(user="alice"))
    assert event_key(plain) == event_key(same_texts)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3))
def test_texts_never_run_together(texts: list[str]) -> None:
    rule, machine, subject = texts
    assert alert_key(rule, machine, subject, 1) != alert_key(rule + machine, "", subject, 1) or not machine


def test_a_session_has_the_key_of_its_login(event: MakeEvent) -> None:
    login = event("login", 1, user="alice")
    assert session_key(login) == event_key(login)


def test_the_one_logout_of_a_session_has_a_key_of_its_own() -> None:
    session = bytes(range(16))
    assert logout_key(session) != session
    assert logout_key(logout_key(session)) == session
