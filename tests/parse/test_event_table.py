"""Event tables: what is read, and what is told of a table that cannot be."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.errors import InputError
from whotop.model import Event, EventKind, Origin, RawText, Standing
from whotop.parse.event_row import RowReader
from whotop.parse.event_table import table_events

HEADER = b"date,type,machine,user\n"
SEED = HEADER + (
    b"2020-01-21 12:45:56,login,myworkstation.local,jordan\n"
    b"2020-01-22 15:53:42,logout,webserver.local,jordan\n"
    b"2020-01-21 18:53:21,login,webserver.local,lane\n"
    b"2020-01-22 10:25:34,logout,myworkstation.local,jordan\n"
    b"2020-01-21 08:20:01,login,webserver.local,jordan\n"
    b"2020-01-23 11:24:35,login,mailserver.local,chris\n"
)


def events_of(content: bytes, zone: tzinfo = UTC) -> list[Event]:
    return list(table_events([content], RowReader("events.csv", zone), file="events.csv"))


def parsed(rows: bytes, header: bytes = HEADER) -> list[Event]:
    return events_of(header + rows)


def error_of(content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        events_of(content)
    return str(caught.value)


def time_us(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def test_events_come_in_the_order_of_the_table() -> None:
    assert [(event.machine, event.user, event.kind.value) for event in events_of(SEED)] == [
        ("myworkstation.local", "jordan", "login"),
        ("webserver.local", "jordan", "logout"),
        ("webserver.local", "lane", "login"),
        ("myworkstation.local", "jordan", "logout"),
        ("webserver.local", "jordan", "login"),
        ("mailserver.local", "chris", "login"),
    ]


def test_an_event_is_history_from_a_file() -> None:
    event = parsed(b"2020-01-21 12:45:56,login,m,ann\n")[0]
    assert (event.kind, event.origin, event.standing) == (EventKind.LOGIN, Origin.FILE, Standing.HISTORY)
    assert event.time_us == time_us("2020-01-21 12:45:56+00:00")


def test_columns_stand_in_any_order_and_others_are_let_be() -> None:
    header = b"User,note,machine,TYPE,date,tty,from\n"
    event = parsed(b"ann,x,m,LogIn,2020-01-21 12:45:56,pts/0,10.0.0.7\n", header)[0]
    assert (event.user, event.machine, event.tty, event.source) == ("ann", "m", "pts/0", "10.0.0.7")


def test_cells_beyond_the_header_are_let_be() -> None:
    event = parsed(b"2020-01-21 12:45:56,login,m,ann,pts/0,10.0.0.7\n")[0]
    assert (event.user, event.tty, event.source) == ("ann", "", "")


def test_other_types_are_left_out() -> None:
    assert len(parsed(b"2020-01-21 12:45:56,login,m,ann\nnever,reboot,m,\n2020-01-21 12:45:57,sudo,m,ann\n")) == 1


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_a_byte_order_mark_any_line_ending_and_blank_lines_are_borne_with(ending: bytes) -> None:
    content = b"\xef\xbb\xbf" + SEED.replace(b"\n", ending) + ending + ending
    assert len(events_of(content)) == 6


def test_quoted_cells_may_hold_commas_and_spaces_around_cells_do_not_count() -> None:
    event = parsed(b' 2020-01-21 12:45:56 , login, "m", "ann, or ""bob"""\n')[0]
    assert event.user == 'ann, or "bob"'


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert parsed(b"2020-01-21 12:45:56,login,m,ann\xff\n")[0].user == "ann\ufffd"


def test_hostile_names_are_made_safe_and_kept_as_received() -> None:
    event = parsed("2020-01-21 12:45:56,login,m\x1b[2J,é\x1b]0;x\x07\n".encode())[0]
    assert event.machine == "m\\x1b[2J"
    assert event.user == "é\\x1b]0;x\\x07"
    assert event.raw == RawText(user="é\x1b]0;x\x07".encode().decode("latin-1"))


@pytest.mark.parametrize(
    ("date", "utc"),
    [
        (b"2020-01-21 12:45:56", "2020-01-21 11:45:56+00:00"),
        (b"2020-01-21T12:45:56", "2020-01-21 11:45:56+00:00"),
        (b"2020-01-21T12:45:56Z", "2020-01-21 12:45:56+00:00"),
        (b"2020-01-21T12:45:56 +02:00", "2020-01-21 10:45:56+00:00"),
        (b"2020-01-21 12:45:56-0500", "2020-01-21 17:45:56+00:00"),
        (b"2020-10-25 02:30:00", "2020-10-25 00:30:00+00:00"),
    ],
)
def test_dates_are_read_in_the_given_zone_unless_they_bring_an_offset(date: bytes, utc: str) -> None:
    content = HEADER + date + b",login,m,ann\n"
    assert events_of(content, ZoneInfo("Europe/Berlin"))[0].time_us == time_us(utc)


def test_fractions_of_a_second_count() -> None:
    assert parsed(b"1970-01-01 00:00:01.25,login,m,ann\n")[0].time_us == 1_250_000


@pytest.mark.parametrize(
    "date",
    [
        b"",
        b"yesterday",
        b"2020-01-21",
        b"2020-02-30 00:00:00",
        b"2020-01-21 24:00:00",
        b"20200121T124556",
        b"2020-01-21 1:02:03",
    ],
)
def test_a_wrong_date_is_named_with_its_line(date: bytes) -> None:
    message = error_of(HEADER + b"2020-01-21 12:45:56,login,m,ann\n" + date + b",logout,m,ann\n")
    assert message == f"events.csv:3: '{date.decode()}' is no date: it must read YYYY-MM-DD HH:MM:SS"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"date,type,machine\n2020-01-21 12:45:56,login,m\n"])
def test_missing_columns_are_named(content: bytes) -> None:
    assert "the first line must name date,type,machine,user" in error_of(content)


def test_a_login_without_machine_or_user_is_an_error() -> None:
    assert error_of(HEADER + b"2020-01-21 12:45:56,login,,ann\n") == "events.csv:2: a login without a machine"
    assert error_of(HEADER + b"\n2020-01-21 12:45:56,logout,m\n") == "events.csv:3: a logout without a user"


def test_what_is_no_csv_is_an_error_with_the_line_where_it_begins() -> None:
    assert error_of(HEADER + b'2020-01-21 12:45:56,login,m,"ann\nand\nso on').startswith("events.csv:2: this is no CSV")


def test_a_file_without_lines_is_one_clear_error() -> None:
    with pytest.raises(InputError, match="no CSV"):
        events_of(b"x" * 200_000)


@given(st.binary(max_size=200))
def test_any_bytes_are_events_or_one_clear_error(content: bytes) -> None:
    with suppress(InputError):
        events_of(HEADER + content)


@given(st.text(st.sampled_from("0123456789-: TZ+."), max_size=30))
def test_any_date_is_a_time_or_one_clear_error(date: str) -> None:
    with suppress(InputError):
        events_of(HEADER + f"{date},login,m,ann\n".encode(), ZoneInfo("America/New_York"))
