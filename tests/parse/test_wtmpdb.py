from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.core.tracker import SessionTracker
from whotop.model import EventKind, Origin, Outcome, Standing
from whotop.parse import wtmpdb

START_US = 1_763_770_000_000_000
HOUR_US = 3_600_000_000


def line(*values: Any) -> bytes:
    return json.dumps(values).encode() + b"\n"


def user(
    number: int = 2, login: int = START_US, logout: int | None = None, *more: Any, name: str = "ann", **fields: Any
) -> bytes:
    tty, host = fields.get("tty", "pts/0"), fields.get("host", "192.0.2.7")
    return line(number, 3, name, login, logout, tty, host, fields.get("service", "sshd"), *more)


def boot(number: int = 1, login: int = START_US - HOUR_US, logout: int | None = None, *more: Any) -> bytes:
    return line(number, 1, "reboot", login, logout, "~", "6.12.0-amd64", None, *more)


def told(data: bytes, **more: Any) -> list[tuple[EventKind, int]]:
    return [(event.kind, event.time_us) for event in wtmpdb.events(data, "db", **more)]


def test_an_open_row_is_a_login() -> None:
    (event,) = wtmpdb.events(user(), "db", standing=Standing.LATE, seen_us=5, skew_us=7)
    assert (event.kind, event.time_us, event.user, event.tty, event.source, event.service) == (
        EventKind.LOGIN,
        START_US,
        "ann",
        "pts/0",
        "192.0.2.7",
        "sshd",
    )
    assert (event.machine, event.origin, event.standing, event.seen_us, event.skew_us) == (
        "db",
        Origin.WTMPDB,
        Standing.LATE,
        5,
        7,
    )
    assert event.record_id == ""


def test_a_closed_row_is_a_login_and_its_logout() -> None:
    login, logout = wtmpdb.events(user(logout=START_US + HOUR_US), "db")
    assert (login.kind, logout.kind, logout.duration_us) == (EventKind.LOGIN, EventKind.LOGOUT, HOUR_US)


def test_a_row_that_came_before_is_its_logout_alone() -> None:
    assert told(user(2, START_US, START_US + HOUR_US, True)) == [(EventKind.LOGOUT, START_US + HOUR_US)]


def test_a_boot_is_told_and_later_its_shutdown() -> None:
    assert told(boot()) == [(EventKind.BOOT, START_US - HOUR_US)]
    assert told(boot(1, START_US - HOUR_US, START_US, True)) == [(EventKind.SHUTDOWN, START_US)]


def test_a_boot_names_its_kernel() -> None:
    assert wtmpdb.events(boot(), "db")[0].detail == "6.12.0-amd64"


def test_a_soft_reboot_is_a_boot() -> None:
    assert told(line(1, 1, "soft-reboot", START_US, None, "~", "6.12.0", None)) == [(EventKind.BOOT, START_US)]


@pytest.mark.parametrize("kind", [0, 2, 4, 99, -1])
def test_other_rows_tell_nothing(kind: int) -> None:
    assert told(line(1, kind, "runlevel", START_US, None, "~", "", None)) == []


def test_the_events_of_a_piece_are_in_the_order_of_their_times() -> None:
    data = boot(1, START_US, START_US + 9) + user(2, START_US + 3, START_US + 5) + user(3, START_US + 4, START_US + 7)
    times = [time_us for _, time_us in told(data)]
    assert times == sorted(times)


def test_a_session_left_open_in_a_boot_that_was_shut_down_ended_with_it() -> None:
    boots = wtmpdb.Boots()
    told(boot(1, START_US, START_US + HOUR_US), boots=boots)
    login, logout = wtmpdb.events(user(2, START_US + 5), "db", boots=boots)
    assert (logout.kind, logout.time_us, logout.outcome) == (EventKind.LOGOUT, START_US + HOUR_US, Outcome.SHUTDOWN)
    assert login.time_us == START_US + 5


def test_a_session_of_the_boot_that_lasts_stays_open() -> None:
    boots = wtmpdb.Boots()
    told(boot(1, START_US, START_US + 5) + boot(3, START_US + 6), boots=boots)
    assert told(user(4, START_US + 7), boots=boots) == [(EventKind.LOGIN, START_US + 7)]


def test_outcomes_are_those_that_last_concludes() -> None:
    data = (
        boot(1, START_US)
        + user(2, START_US + 1, START_US + 2, name="left")
        + user(3, START_US + 3, name="crashed", tty="pts/1")
        + boot(4, START_US + 10, START_US + 20)
        + user(5, START_US + 11, name="shut", tty="pts/2")
        + boot(6, START_US + 30)
        + user(7, START_US + 31, name="there", tty="pts/3")
    )
    tracker = SessionTracker()
    ended = {}
    for event in wtmpdb.events(data, "db"):
        for transition in tracker.apply(event):
            if transition.session is not None:
                ended[transition.session.user] = (transition.session.outcome, transition.session.logout_us)
    assert ended == {
        "left": (Outcome.LOGOUT, START_US + 2),
        "crashed": (Outcome.CRASH, START_US + 10),
        "shut": (Outcome.SHUTDOWN, START_US + 20),
        "there": (Outcome.OPEN, None),
    }


@pytest.mark.parametrize(
    ("tty", "shown"), [("pts/0", "pts/0"), ("ssh", ""), ("/dev/tty1", "tty1"), (None, ""), (":0", ":0")]
)
def test_terminals_are_named_as_everywhere(tty: str | None, shown: str) -> None:
    assert wtmpdb.events(user(tty=tty), "db")[0].tty == shown


@pytest.mark.parametrize(
    ("host", "shown"), [("192.0.2.7", "192.0.2.7"), (None, ""), ("", ""), (":0", ""), ("a.b", "a.b")]
)
def test_a_display_of_the_machine_itself_is_no_source(host: str | None, shown: str) -> None:
    assert wtmpdb.events(user(host=host), "db")[0].source == shown


@pytest.mark.parametrize("name", ["\ud800", "\udfff\udcff", "a\udc00\ud83d"])
def test_surrogates_that_stand_for_no_byte_are_borne_with(name: str) -> None:
    (event,) = wtmpdb.events(user(name=name), "db")
    assert event.user.isprintable()


def test_a_logout_of_nought_is_none() -> None:
    assert told(user(logout=0)) == [(EventKind.LOGIN, START_US)]


def test_a_logout_before_its_login_has_a_negative_duration() -> None:
    logout, login = wtmpdb.events(user(logout=START_US - 5), "db")
    assert (logout.duration_us, login.kind) == (-5, EventKind.LOGIN)


def test_hostile_texts_are_made_safe_and_kept_as_they_were() -> None:
    (event,) = wtmpdb.events(user(name="\x1b[2J\udcff", host="=cmd()\u202e"), "db")
    assert event.user == "\\x1b[2J\\xff"
    assert event.raw is not None
    assert event.raw.user == "\x1b[2J\xff"
    assert "\u202e" not in event.source


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"null",
        b"{}",
        b"[]",
        b"[1,3]",
        b"[" * 100_000,
        b'[1,3,"a",' + b"9" * 5000 + b',null,"t","h","s"]',
        line(1, 3, "ann", None, None, "t", "h", "s"),
        line(1, 3, "ann", True, None, "t", "h", "s"),
        line(1, 3, "ann", 1.5, None, "t", "h", "s"),
        line(1, 3, "ann", -1, None, "t", "h", "s"),
        line(1, 3, "ann", 2**60, None, "t", "h", "s"),
        line(1, 3, "", START_US, None, "t", "h", "s"),
        line(1, 3, None, START_US, None, "t", "h", "s"),
        line(1, "3", "ann", START_US, None, "t", "h", "s"),
        line(1, 3, "ann", START_US, None, "t", "h", "s", True, True),
        line(1, 3, "a" * 70_000, START_US, None, "t", "h", "s"),
        b"\xff\xfe[1]",
        b"NaN",
    ],
    ids=range(20),
)
def test_what_is_no_row_is_left_out(data: bytes) -> None:
    before, after = user(1, START_US), user(9, START_US + 9)
    times = [time_us for _, time_us in told(before + data.rstrip(b"\n") + b"\n" + after)]
    assert (times[0], times[-1]) == (START_US, START_US + 9)
    assert len(times) <= 3


@given(st.binary(max_size=400))
def test_any_bytes_are_borne_with(data: bytes) -> None:
    wtmpdb.events(data, "db")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.lists(_ANYTHING, min_size=7, max_size=9), max_size=5))
def test_any_values_give_events_that_are_safe_to_keep(rows: list[list[Any]]) -> None:
    for event in wtmpdb.events(b"".join(line(*row) for row in rows), "db"):
        assert 0 < event.time_us <= wtmpdb.LATEST_US
        assert all(text.isprintable() for text in (event.user, event.tty, event.source, event.service, event.detail))


@given(st.lists(st.tuples(st.integers(1, 50), st.none() | st.integers(1, 50)), max_size=12))
def test_each_row_is_one_session_with_its_own_ends(spans: list[tuple[int, int | None]]) -> None:
    """However they overlap: a record that holds both ends needs no guessing."""
    step = 10_000_000
    rows = [
        user(
            number,
            START_US + number * 60 * step + login * step,
            logout and START_US + (number * 60 + login + logout) * step,
        )
        for number, (login, logout) in enumerate(spans)
    ]
    tracker = SessionTracker()
    outcomes: dict[bytes, Outcome] = {}
    for event in wtmpdb.events(b"".join(rows), "db"):
        for transition in tracker.apply(event):
            if transition.session is not None:
                outcomes[transition.session.key] = transition.session.outcome
    assert sum(outcome is Outcome.LOGOUT for outcome in outcomes.values()) == sum(
        logout is not None for _, logout in spans
    )
    assert len(outcomes) == len(spans)
