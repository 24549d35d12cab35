"""Processes that lead a login: whose login it is and on which terminal, as far as processes tell."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Origin
from whotop.parse.proc_sessions import login

CASES = sorted((Path(__file__).parent / "proc_sessions").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_process_becomes_the_login_that_it_leads(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    found = login(
        case["stat"].encode(),
        case["title"].encode(),
        "web-01",
        started_us=case["started_us"],
        uid=case["uid"],
        user_name=case["user"].encode(),
        address=case["source"].encode(),
    )
    expected = case["login"]
    if expected is not None:
        expected = {"machine": "web-01", "origin": "proc", **expected}
    assert (found if found is None else msgspec.to_builtins(found)) == expected


def test_what_the_reader_knows_beside_the_process_is_in_the_login() -> None:
    stat = b"300 (sshd) S 290 300 300 0 0"
    found = login(stat, b"sshd: anna@notty", "web-01", started_us=5, uid=1, boot_id="boot", seen_us=6, skew_us=-7)
    assert found is not None
    assert (found.boot_id, found.seen_us, found.skew_us, found.origin) == ("boot", 6, -7, Origin.PROC)


STATS = st.tuples(st.integers(-(2**70), 2**70), st.binary(max_size=70), st.binary(max_size=80)).map(
    lambda parts: b"%d (%b) %b" % parts
)


@given(
    stat=st.binary(max_size=200) | STATS,
    title=st.binary(max_size=80) | st.binary(max_size=40).map(lambda rest: b"sshd: " + rest),
    user=st.binary(max_size=40),
    address=st.binary(max_size=40),
    uid=st.integers(0, 2**32 - 1),
)
def test_whatever_a_process_calls_itself_the_login_is_safe_to_show(
    stat: bytes, title: bytes, user: bytes, address: bytes, uid: int
) -> None:
    found = login(stat, title, "web-01", started_us=1, uid=uid, user_name=user, address=address)
    if found is not None:
        assert all(text.isprintable() for text in (found.user, found.tty, found.source, found.service))
        assert 0 < found.leader_pid < 2**31
        assert 0 < found.login_pid < 2**31
