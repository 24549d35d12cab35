"""What loginctl prints, in each generation: people's sessions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.model import Event, Origin
from whotop.parse.loginctl_text import live_reports
from whotop.parse.record_kind import RecordKind, kind_of

NOW_US = 1_795_312_800 * SECOND_US

SYSTEMD_219 = """\
   SESSION        UID USER             SEAT
         5       1000 anna             seat0
        12       1001 bert

2 sessions listed.
"""
SYSTEMD_247 = """\
SESSION  UID USER SEAT  TTY
      5 1000 anna seat0 tty2
     12 1001 bert       pts/0

2 sessions listed.
"""
SYSTEMD_254 = """\
SESSION  UID USER  SEAT  TTY   STATE   IDLE SINCE
      5 1000 anna  seat0 tty2  active  no
     12 1001 bert        pts/0 online  yes  5min ago
     13 1001 bert        pts/1 closing no

3 sessions listed.
"""
SYSTEMD_256 = """\
SESSION  UID USER  SEAT  LEADER CLASS   TTY   IDLE SINCE
      5 1000 anna  seat0   9206 user    tty2  no   -
     12 1001 bert  -      10001 user    pts/0 yes  5min ago
     13 1001 bert  -      10002 manager -     no   -
     c1  120 gdm   seat0    800 greeter tty1  no   -

4 sessions listed.
"""
JSON_255 = """[{"session":"5","uid":1000,"user":"anna","seat":"seat0","tty":"tty2","state":"active","idle":false,\
"since":null},{"session":"12","uid":1001,"user":"bert","seat":"","tty":"pts/0"}]
"""
JSON_256 = """[{"session":"5","uid":1000,"user":"anna","seat":"seat0","leader":9206,"class":"user","tty":"tty2",\
"idle":false,"since":null},{"session":"12","uid":1001,"user":"bert","seat":null,"leader":10001,"class":"user",\
"tty":"pts/0","idle":true,"since":1795298012000000},{"session":"13","uid":1001,"user":"bert","class":"manager"}]
"""

BARE_219 = """\
         5       1000 anna             seat0
        12       1001 bert
        c1        120 gdm              seat0
"""
BARE_256 = """\
 5 1000 anna seat0  9206 user    tty2  no  -
12 1001 bert -     10001 user    pts/0 yes 5min ago
13 1001 bert -     10002 manager -     no  -
"""
STATUS = """\
12 - bert (1001)
           Since: Sun 2026-11-22 00:23:12 UTC; 1h 36min ago
          Leader: 10001 (sshd-session)
             TTY: pts/0
          Remote: 192.0.2.7
         Service: sshd; type tty; class user
           State: active
            Unit: session-12.scope
                  └─10001 "sshd-session: bert [priv]"

c1 - gdm (120)
           Since: Sun 2026-11-22 00:00:00 UTC; 2h ago
         Service: gdm-launch-environment; type wayland; class greeter
           State: active
"""


def read(text: str) -> list[Event]:
    return live_reports(text.encode(), "web-01", NOW_US)


@pytest.mark.parametrize(
    "text", [SYSTEMD_247, SYSTEMD_254, SYSTEMD_256, JSON_255, JSON_256], ids=["247", "254", "256", "json", "json 256"]
)
def test_every_generation_lists_the_same_people(text: str) -> None:
    reports = read(text)
    assert [(one.session_id, one.user, one.tty) for one in reports] == [("5", "anna", "tty2"), ("12", "bert", "pts/0")]
    assert {(one.time_us, one.origin, one.machine) for one in reports} == {(NOW_US, Origin.LOGIND, "web-01")}


def test_the_oldest_knows_no_terminals() -> None:
    assert [(one.session_id, one.user, one.tty) for one in read(SYSTEMD_219)] == [("5", "anna", ""), ("12", "bert", "")]


@pytest.mark.parametrize("text", [SYSTEMD_256, JSON_256], ids=["table", "json"])
def test_since_256_the_leader_is_named(text: str) -> None:
    assert [one.leader_pid for one in read(text)] == [9206, 10001]


def test_the_properties_of_sessions_tell_when_and_from_where() -> None:
    reports = read(
        "Id=5\nUser=1000\nName=anna\nTimestamp=Sun 2026-11-22 00:23:12 UTC\nTTY=pts/0\nRemote=yes\n"
        "RemoteHost=192.0.2.7\nService=sshd\nLeader=90\nClass=user\nState=active\n\n"
        "Id=6\nName=bert\nTimestamp=Sun 2026-11-22 00:24:12 CET\nClass=user\nState=closing\n\n"
        "Id=c1\nName=gdm\nClass=greeter\nState=online\n"
    )
    (report,) = reports
    assert (report.user, report.tty, report.source, report.service) == ("anna", "pts/0", "192.0.2.7", "sshd")
    assert (report.session_id, report.leader_pid, report.time_us) == ("5", 90, 1_795_306_992 * SECOND_US)


@pytest.mark.parametrize(
    "text", ["", "No sessions.\n", "[]", "[", '["x"]', "[" * 100_000, "SESSION UID USER\n", "Id=\n"]
)
def test_where_nobody_is_listed_nobody_is_there(text: str) -> None:
    assert read(text) == []


PARTS = st.sampled_from(
    [
        b"SESSION UID USER SEAT TTY",
        b"\n",
        b" ",
        b"5",
        b"anna",
        b"Id=",
        b"Name=",
        b"Timestamp=",
        b'[{"session":',
        b'"5"',
        b"}]",
    ]
)


@given(data=st.binary(max_size=200) | st.lists(PARTS, max_size=15).map(b"".join))
def test_arbitrary_bytes_give_sessions_or_nothing(data: bytes) -> None:
    for text in (data, b"SESSION UID USER\n" + data, b"Id=1\nName=x\n" + data):
        for report in live_reports(text, "web-01", NOW_US):
            assert report.user.isprintable()
            assert report.tty.isprintable()
            assert report.session_id.isascii()


@pytest.mark.parametrize("text", [BARE_219, BARE_256], ids=["219", "256"])
def test_a_table_without_titles_is_read_by_the_look_of_its_words(text: str) -> None:
    assert kind_of(text.encode(), "sessions.txt") is RecordKind.LOGINCTL
    assert [(one.user, one.session_id) for one in read(text)] == [("anna", "5"), ("bert", "12")]


def test_the_status_of_sessions_tells_since_when_and_from_where() -> None:
    assert kind_of(STATUS.encode(), "sessions.txt") is RecordKind.LOGINCTL
    (session,) = read(STATUS)
    assert (session.user, session.tty, session.source, session.service) == ("bert", "pts/0", "192.0.2.7", "sshd")
    assert (session.leader_pid, session.time_us) == (10001, 1_795_306_992 * SECOND_US)


@pytest.mark.parametrize("filler", ["a/a", "tty/", "- ", "a " * 9])
def test_a_line_of_anything_is_read_at_once(filler: str) -> None:
    assert read("5 1000 anna " + (filler * 400)[:490] + " !\n") == []


def test_what_stands_right_of_any_column_belongs_to_none() -> None:
    titles = b"SESSION UID USER " + b"x " * 10_000
    assert [login.user for login in live_reports(titles + b"\n      5 1000 anna " + b"y " * 10_000, "web", 0)] == [
        "anna"
    ]
