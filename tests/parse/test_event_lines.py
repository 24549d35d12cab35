"""Login events as JSON lines, and tables that are written in other ways."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.errors import InputError
from whotop.model import Event
from whotop.parse.event_lines import LONGEST_LINE_BYTES, line_events
from whotop.parse.event_row import RowReader, TableForm
from whotop.parse.event_table import table_events

LINE = b'{"date": "2020-01-21T12:45:56Z", "type": "login", "machine": "w", "user": "ann", "from": "192.0.2.7"}\n'


def events_of(content: bytes, form: TableForm | None = None, refused: list[InputError] | None = None) -> list[Event]:
    rows = RowReader("f", UTC, None if refused is None else refused.append)
    if content.lstrip()[:1] == b"{":
        return list(line_events([content], rows, form=form or TableForm()))
    return list(table_events([content], rows, file="f", form=form or TableForm()))


def test_an_object_is_a_row() -> None:
    event = events_of(b"\n" + LINE)[0]
    assert (event.machine, event.user, event.source, event.time_us) == ("w", "ann", "192.0.2.7", 1_579_610_756_000_000)


def test_a_line_that_is_no_object_is_named() -> None:
    with pytest.raises(InputError, match=r"f:2: this is no JSON object"):
        events_of(LINE + b"[1]\n")


def test_wrong_rows_may_be_told_and_left_out() -> None:
    refused: list[InputError] = []
    assert len(events_of(LINE + b"{}x\n" + LINE.replace(b"01-21", b"02-30") + LINE, refused=refused)) == 2
    assert [error.line for error in refused] == [2, 3]


def long_line(size: int) -> bytes:
    """A login with more of it than is asked for, ``size`` bytes with the end of its line."""
    line = LINE.replace(b"}", b', "more": ""}')
    return line.replace(b'""', b'"%s"' % (b"x" * (size - len(line))))


def test_a_line_is_whole_however_long() -> None:
    refused: list[InputError] = []
    assert len(events_of(LINE + long_line(LONGEST_LINE_BYTES) + LINE + b"x\n", refused=refused)) == 3
    assert [error.line for error in refused] == [4]


@pytest.mark.parametrize("size", [LONGEST_LINE_BYTES + 1, LONGEST_LINE_BYTES + 2, 3 * LONGEST_LINE_BYTES + 4])
def test_a_line_without_measure_is_refused_as_one(size: int) -> None:
    refused: list[InputError] = []
    assert len(events_of(LINE + long_line(size) + LINE + b"x\n", refused=refused)) == 2
    assert [(error.line, error.what) for error in refused] == [(2, "longer than 1 MB"), (4, "this is no JSON object")]


def test_columns_may_have_other_names() -> None:
    form = TableForm({"date": "When", "user": "Login"})
    assert events_of(b"When,type,machine,Login\n2020-01-21 12:45:56,login,w,ann\n", form)[0].user == "ann"
    assert (
        events_of(b'{"When":"2020-01-21 12:45:56","type":"login","machine":"w","Login":"ann"}', form)[0].user == "ann"
    )


PLACES = TableForm({"date": "2", "type": "1", "machine": "4", "user": "3", "from": "5"})
ROW = b"login,2020-01-21 12:45:56,ann,w,192.0.2.7\n"


def test_a_table_without_a_header_is_read_by_the_places_of_its_columns() -> None:
    first, second = events_of(ROW + ROW.replace(b"ann", b"bob"), PLACES)
    assert (first.machine, first.user, first.source, second.user) == ("w", "ann", "192.0.2.7", "bob")


def test_a_header_above_columns_that_are_called_by_their_places_is_no_row() -> None:
    refused: list[InputError] = []
    assert len(events_of(b"login,when,login,login,login\n" + ROW, PLACES, refused=refused)) == 1
    assert refused == []


def test_what_a_header_calls_so_goes_before_a_place() -> None:
    row = b"ann,login,w,2020-01-21 12:45:56\n"
    assert (
        events_of(b"4,2,3,1\n" + row, TableForm({"date": "1", "type": "2", "machine": "3", "user": "4"}))[0].user
        == "ann"
    )
    assert events_of(b"who,type,machine,date\n" + row, TableForm({"user": "1"}))[0].user == "ann"


def test_a_place_that_a_table_does_not_have_is_named() -> None:
    for place in ("0", "6", "99999"):
        with pytest.raises(InputError, match=rf"^f:1: no column {place}: the first line has 5$"):
            events_of(ROW, TableForm({**PLACES.columns, "user": place}))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_what_stands_between_columns_is_seen(delimiter: str) -> None:
    rows = "date,type,machine,user\n2020-01-21 12:45:56,login,w,ann\n".replace(",", delimiter)
    assert events_of(rows.encode())[0].user == "ann"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_table_may_be_in_another_encoding(encoding: str) -> None:
    content = "date,type,machine,user\r\n2020-01-21 12:45:56,login,w,jörg\r\n".encode(encoding)
    form = TableForm(encoding=encoding if encoding == "latin-1" else "")
    assert events_of(content, form)[0].user == "jörg"


@pytest.mark.parametrize("encoding", ["utf-16", "UTF32"])
def test_an_encoding_whose_mark_is_not_there_is_told_with_the_two_that_have_none(encoding: str) -> None:
    content = b"date,type,machine,user\n2020-01-21 12:45:56,login,w,ann\n"
    with pytest.raises(InputError, match=r"^f: no byte-order mark of utf-(16|32) is there: say --encoding utf-\1-le,"):
        events_of(content, TableForm(encoding=encoding))


def test_nuls_and_an_open_quote_are_named_or_borne() -> None:
    head = b"date,type,machine,user\n"
    assert events_of(head + b"2020-01-21 12:45:56,login,w,an\0n\n")[0].user == r"an\x00n"
    with pytest.raises(InputError, match=r"f:2: this is no CSV"):
        events_of(head + b'2020-01-21 12:45:56,login,w,"ann\n')


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_an_input_error(content: bytes) -> None:
    tables = [(data, None) for data in (content, LINE + content, b"date,type,machine,user\n" + content)]
    for data, form in [*tables, (content, PLACES), (ROW + content, PLACES)]:
        with suppress(InputError):
            events_of(data, form)
