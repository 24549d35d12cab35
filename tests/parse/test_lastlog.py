from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import EventKind, Origin, Standing
from whotop.parse import lastlog

START_S = 1_763_770_000


def line(*values: Any) -> bytes:
    return json.dumps(values).encode() + b"\n"


def test_a_line_is_when_somebody_came_last() -> None:
    (event,) = lastlog.events(line("ann", START_S, "pts/0", "192.0.2.7", "sshd"), "db", seen_us=5, skew_us=7)
    assert (event.kind, event.user, event.time_us, event.tty, event.source, event.service) == (
        EventKind.LOGIN,
        "ann",
        START_S * 1_000_000,
        "pts/0",
        "192.0.2.7",
        "sshd",
    )
    assert (event.origin, event.standing, event.seen_us, event.skew_us) == (Origin.LASTLOG, Standing.HISTORY, 5, 7)


def test_texts_that_are_not_there_are_empty() -> None:
    (event,) = lastlog.events(line("ann", START_S, None, None, None), "db")
    assert (event.tty, event.source, event.service) == ("", "", "")


@pytest.mark.parametrize(
    "data",
    [
        b"null\n",
        b"[" * 90_000 + b"\n",
        line("ann", START_S),
        line("", START_S, "", "", ""),
        line(None, START_S, "", "", ""),
        line("ann", 0, "", "", ""),
        line("ann", True, "", "", ""),
        line("ann", 2**70, "", "", ""),
        line("ann" * 30_000, START_S, "", "", ""),
    ],
    ids=range(9),
)
def test_what_is_no_last_login_is_left_out(data: bytes) -> None:
    assert lastlog.events(data, "db") == []


@given(st.binary(max_size=300))
def test_any_bytes_are_borne_with(data: bytes) -> None:
    lastlog.events(data, "db")


@given(st.text(st.characters()), st.integers(), st.text(st.characters()))
def test_texts_are_safe(name: str, time_s: int, host: str) -> None:
    for event in lastlog.events(line(name, time_s, "tty1", host, None), "db"):
        assert event.user.isprintable()
        assert event.source.isprintable()
