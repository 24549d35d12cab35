"""Logs of lines: whole lines are sent, and after a restart those before the cursor once more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.probe.followed import HISTORY_BYTES, Listener, begin, drain
from whotop.probe.linux.framing import CONTEXT_BYTES, PIECE_BYTES, LineFraming
from whotop.probe.linux.records import RecordWatch


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "auth.log"


def follow(log: Path, cursor: Any = None, history_bytes: int = HISTORY_BYTES) -> tuple[RecordWatch, Listener]:
    return begin(log, cursor, history_bytes, LineFraming)


def write(log: Path, *texts: str) -> None:
    with log.open("a") as file:
        file.write("".join(texts))


def lines(first: int, last: int) -> list[str]:
    return [f"Nov 22 00:00:00 web-01 sshd[{number}]: a line\n" for number in range(first, last)]


def test_lines_are_sent_once_they_are_whole(log: Path) -> None:
    write(log, "one\n", "tw")
    watch, listener = follow(log)
    drain(watch, listener)
    assert listener.data == b"one\n"
    write(log, "o\nthree\n")
    drain(watch, listener)
    assert listener.data == b"one\ntwo\nthree\n"


def test_a_piece_ends_with_a_line(log: Path) -> None:
    write(log, *lines(0, 5000))
    watch, listener = follow(log)
    drain(watch, listener)
    assert listener.data == log.read_bytes()
    assert len(listener.pieces) > 2
    assert all(piece["cursor"]["offset"] - piece["start"] <= PIECE_BYTES for piece in listener.pieces)
    starts = [piece["start"] for piece in listener.pieces[1:]]
    assert all(log.read_bytes()[start - 1 : start] == b"\n" for start in starts)


def test_history_begins_with_a_whole_line(log: Path) -> None:
    write(log, *lines(0, 100))
    watch, listener = follow(log, history_bytes=1000)
    drain(watch, listener)
    assert listener.data.startswith(b"Nov 22")
    assert 900 < len(listener.data) <= 1000


def test_a_line_without_an_end_is_cut(log: Path) -> None:
    write(log, "x" * 200_000)
    watch, listener = follow(log)
    drain(watch, listener)
    assert listener.data == b"x" * 200_000


def test_after_a_restart_the_lines_before_the_cursor_come_again_as_context(log: Path) -> None:
    write(log, *lines(0, 10))
    watch, listener = follow(log)
    drain(watch, listener)
    write(log, *lines(10, 12))
    watch, again = follow(log, listener.cursor)
    drain(watch, again)
    assert again.context == "".join(lines(0, 10)).encode()
    assert again.data == "".join(lines(10, 12)).encode()
    assert again.flags("context") == [True, False]
    assert again.pieces[0]["cursor"] == listener.cursor


def test_no_more_context_is_sent_than_is_needed_and_it_begins_with_a_whole_line(log: Path) -> None:
    write(log, *lines(0, 10_000))
    watch, listener = follow(log)
    drain(watch, listener)
    write(log, "last\n")
    watch, again = follow(log, listener.cursor)
    drain(watch, again)
    assert CONTEXT_BYTES - 100 < len(again.context) <= CONTEXT_BYTES
    assert again.context.startswith(b"Nov 22")


def test_context_waits_for_something_that_needs_it(log: Path) -> None:
    write(log, "one\n")
    watch, listener = follow(log)
    drain(watch, listener)
    watch, again = follow(log, listener.cursor)
    drain(watch, again)
    assert again.pieces == []


def test_context_is_not_waited_for(log: Path) -> None:
    write(log, "one\n")
    watch, listener = follow(log)
    drain(watch, listener)
    write(log, *lines(0, 5000))
    watch, again = follow(log, listener.cursor)
    while watch.can_send:
        watch.send_piece()
    assert again.flags("context") == [True, False, False, False, False]


def test_a_cursor_in_the_first_few_bytes_is_good_when_the_file_has_grown(log: Path) -> None:
    write(log, "one\n")
    watch, listener = follow(log)
    drain(watch, listener)
    write(log, *lines(0, 100))
    watch, again = follow(log, listener.cursor)
    drain(watch, again)
    assert again.data == "".join(lines(0, 100)).encode()
    assert not any(again.flags("replaced"))


def test_a_log_is_followed_through_rename_and_through_copytruncate(log: Path) -> None:
    watch, listener = follow(log)
    expected = ""
    for number in range(6):
        text = "".join(lines(number * 10, number * 10 + 10))
        write(log, text)
        expected += text
        if number % 3 == 1:
            log.rename(log.with_name(f"auth.log.{9 - number}"))
        elif number % 3 == 2:
            log.with_name(f"auth.log.{9 - number}").write_bytes(log.read_bytes())
            os.truncate(log, 0)
        drain(watch, listener)
    write(log, "the last\n")
    drain(watch, listener)
    assert listener.data.decode() == expected + "the last\n"
    assert not any(listener.flags("replaced"))


def test_a_log_that_was_emptied_is_marked(log: Path) -> None:
    write(log, *lines(0, 10))
    watch, listener = follow(log)
    drain(watch, listener)
    os.truncate(log, 0)
    write(log, "new\n")
    drain(watch, listener)
    assert listener.flags("replaced") == [False, True]
    assert listener.data.endswith(b"new\n")


def test_a_log_whose_lines_were_taken_out_is_marked(log: Path) -> None:
    write(log, *lines(0, 100))
    watch, listener = follow(log)
    drain(watch, listener)
    log.write_text("".join(lines(0, 90) + lines(95, 120)))
    drain(watch, listener)
    assert listener.flags("replaced") == [False, True]
