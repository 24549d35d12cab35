"""Session files of logind: whose session it is, since when and from where; or that it is nobody's."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Origin
from whotop.parse.logind import login

CASES = sorted((Path(__file__).parent / "logind").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_session_file_becomes_the_login_that_opened_it(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    data = "\n".join(case["file"]).encode() + b"\n"
    found = login(case["id"].encode(), data, "web-01", tty_nr=case["tty_nr"])
    expected = case["login"]
    if expected is not None:
        expected = {"machine": "web-01", "origin": "logind", **expected}
    assert (found if found is None else msgspec.to_builtins(found)) == expected


def test_what_the_reader_knows_beside_the_file_is_in_the_login() -> None:
    found = login(b"1", b"USER=anna\nREALTIME=5\n", "web-01", boot_id="boot", seen_us=6, skew_us=-7)
    assert found is not None
    assert (found.boot_id, found.seen_us, found.skew_us, found.origin) == ("boot", 6, -7, Origin.LOGIND)


KEYS = st.sampled_from([b"USER", b"STATE", b"TTY", b"REMOTE_HOST", b"SERVICE", b"LEADER", b"CLASS"])
LINES = st.lists(st.tuples(KEYS, st.binary(max_size=40)).map(b"=".join), max_size=10).map(
    lambda lines: [*lines, b"REALTIME=1"]
)


@given(session_id=st.binary(max_size=40), lines=LINES, tty_nr=st.integers(-(2**31), 2**31 - 1))
def test_whatever_a_file_holds_the_login_is_safe_to_show(session_id: bytes, lines: list[bytes], tty_nr: int) -> None:
    found = login(session_id, b"\n".join(lines), "web-01", tty_nr=tty_nr)
    if found is not None:
        assert all(text.isprintable() for text in (found.user, found.tty, found.source, found.service))
        assert 0 < found.time_us <= 2**53
        assert 0 <= found.leader_pid < 2**31
        assert found.session_id.isascii()


@given(data=st.binary(max_size=500))
def test_arbitrary_bytes_give_a_login_or_nothing(data: bytes) -> None:
    login(b"1", data, "web-01")
