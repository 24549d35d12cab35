"""Any table with a user and a time is one of logins."""

from __future__ import annotations

from datetime import UTC

import pytest

from whotop.errors import BadRowError, InputError
from whotop.parse.event_row import TableForm
from whotop.parse.login_table import LoginTable, TableLogin


def read(text: str | bytes, form: TableForm | None = None) -> list[TableLogin]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(LoginTable([data[:7], data[7:]], file="t.csv", zone=UTC, form=form).logins())


def users(text: str | bytes, form: TableForm | None = None) -> list[str]:
    return [login.user for login in read(text, form)]


def test_the_form_of_windows_needs_no_header() -> None:
    (login,) = read('"ann","10.0.0.1","2024-01-07 10:30:00"\n')
    assert login == TableLogin(1_704_623_400_000_000, "ann", "", "10.0.0.1")


@pytest.mark.parametrize(
    "header", ["user,time", "Username,Timestamp", "login,date", "account,created", "USER_NAME,datetime"]
)
def test_columns_are_found_by_the_names_that_programs_give_them(header: str) -> None:
    assert users(f"{header}\nann,2024-01-07 10:30:00\n") == ["ann"]


def test_where_there_is_a_type_only_logins_count() -> None:
    table = "date,type,machine,user\n2024-01-07 10:30:00,login,web,ann\n2024-01-07 10:31:00,Logout,web,ann\n"
    assert [(login.user, login.machine) for login in read(table)] == [("ann", "web")]


def test_columns_can_be_named() -> None:
    table = "who;moment\nann;2024-01-07 10:30:00\n"
    assert users(table, TableForm({"user": "who", "date": "moment"})) == ["ann"]


def test_columns_of_a_table_without_a_header_can_be_told_by_their_places() -> None:
    table, form = "2,x,login,ann,2024-01-07 10:30:00\n", TableForm({"user": "4", "date": "5", "type": "3"})
    assert users(table + table, form) == ["ann", "ann"]
    assert users("a,b,c,d,e\n" + table, form) == ["ann"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_seen_from_the_first_line(delimiter: str) -> None:
    assert users(f"ann{delimiter}10.0.0.1{delimiter}2024-01-07 10:30:00\n") == ["ann"]


def test_a_byte_order_mark_blank_lines_and_line_ends_of_windows_do_no_harm() -> None:
    assert users(b"\xef\xbb\xbf\r\nuser,time\r\n\r\nann,2024-01-07 10:30:00\r\n") == ["ann"]
    assert users("user,time\nann,2024-01-07 10:30:00\n".encode("utf-16")) == ["ann"]


def test_a_user_is_told_as_written() -> None:
    assert users('user,time\n"a,""b""",2024-01-07\n,2024-01-08\nAnn ,2024-01-08\n') == ['a,"b"', "", "Ann "]


def test_a_wrong_time_is_refused_with_its_line() -> None:
    with pytest.raises(BadRowError, match=r"t\.csv:4: 'soon' is no time"):
        read("\nuser,time\nann,2024-01-07 10:30:00\nbob,soon\n")


def test_a_second_of_60_is_no_time() -> None:
    with pytest.raises(BadRowError, match="is no time"):
        read("user,time\nann,2024-01-07 10:30:00\nbob,2024-01-07 10:30:60\n")


def test_a_short_row_is_refused_with_its_line() -> None:
    with pytest.raises(BadRowError, match=r"t\.csv:2: 1 columns, but 2 are needed"):
        read("ann,2024-01-07\nbob\n")


@pytest.mark.parametrize(
    "table", ["a,b\nc,d\n", "ann\n", "2024-01-07,2024-01-08,ann\n", "colour,time\nred,2024-01-07\n"]
)
def test_a_table_without_a_user_or_a_time_says_how_to_name_them(table: str) -> None:
    with pytest.raises(InputError, match="no column for the user and the time: name them with --columns"):
        read(table)


def test_a_named_column_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="there is no column 'who'"):
        read("user,time\n", TableForm({"user": "who"}))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InputError, match="there is nothing in it"):
        read("\n\n")
