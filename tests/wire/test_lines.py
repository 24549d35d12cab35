"""What a shell reads: one line a message, of words that mean nothing to a shell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.wire.lines import LineEncoder
from whotop.wire.messages import Acknowledge, Cursor, FileIdentity, Goodbye, Read, Request, Start, Stop


def cursor(head: bytes = b"head", mark: bytes = b"") -> Cursor:
    return Cursor(file=FileIdentity(device=5, inode=7, head=head), offset=768, tail=b"tail", mark=mark)


def test_a_start_is_a_line_of_its_figures() -> None:
    start = Start(nonce="ab12", interval_ms=2000, tick_ms=250, history_bytes=9600)
    assert LineEncoder().encode(start) == b"start 1 ab12 2000 250 9600\n"


def test_cursors_come_before_the_start() -> None:
    start = Start(nonce="ab12", interval_ms=2000, tick_ms=250, history_bytes=9600, cursors={"wtmp": cursor()})
    first, second, _ = LineEncoder().encode(start).split(b"\n")
    assert first == b"cursor wtmp 5 7 aGVhZA== 768 dGFpbA== -"
    assert second.startswith(b"start ")


def test_acknowledge_read_request_and_stop_are_words() -> None:
    encoder = LineEncoder()
    assert encoder.encode(Acknowledge(origin="wtmp", offset=384)) == b"acknowledge wtmp 384\n"
    assert encoder.encode(Read(origins=("wtmp", "btmp"))) == b"read wtmp btmp\n"
    assert encoder.encode(Request(id=3, kind="processes", pid=42)) == b"request 3 processes 42\n"
    assert encoder.encode(Stop()) == b"stop\n"


def test_what_goes_up_only_has_no_line() -> None:
    with pytest.raises(TypeError, match="Goodbye does not go down"):
        LineEncoder().encode(Goodbye())


def test_an_origin_that_is_no_single_word_is_left_out() -> None:
    assert LineEncoder().encode(Read(origins=("event log", "wtmp"))) == b"read wtmp\n"
    start = Start(nonce="ab", cursors={"event log": cursor()})
    assert LineEncoder().encode(start).startswith(b"start ")


@given(head=st.binary(max_size=64), mark=st.binary(max_size=64))
def test_whatever_a_machine_put_into_a_cursor_its_line_has_eight_words(head: bytes, mark: bytes) -> None:
    start = Start(nonce="ab", cursors={"wtmp": cursor(head, mark)})
    line = LineEncoder().encode(start).split(b"\n")[0]
    assert len(line.split(b" ")) == 8
    assert line.decode("ascii").isprintable()
