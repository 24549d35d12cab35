"""The Security log as the C# of the Windows probe sends it, run by Mono against a stand-in for Windows."""

from __future__ import annotations

import json

import pytest

from tests.probe.windows_machine import NOON, WindowsMachine, cursor, event, needs_mono
from whotop.parse.wts import login_reports
from whotop.wire.messages import Acknowledge, Cursor, Figures, Records, Sessions


@needs_mono
def test_history_then_news(windows: WindowsMachine) -> None:
    windows.say("events", event(51, TargetUserName="root", IpAddress="-", LogonType="3"), event(52, 4608))
    running = windows.probe()
    history, lines = running.records()
    assert (history.first_contact, history.backlog, history.start, history.cursor.mark) == (True, False, 0, b"52")
    assert lines[0] == {
        "id": 4625, "record": 51, "time": "2026-11-20T12:00:51.0000000Z", "channel": "Security", "computer": "ws-07",
        "provider": "Microsoft-Windows-Security-Auditing", "data": {"TargetUserName": "root", "LogonType": "3"},
    }  # fmt: skip
    windows.say("events", event(51), event(52, 4608), event(53))
    news, lines = running.records()
    assert (news.first_contact, news.start, news.cursor.offset, news.cursor.mark) == (False, 1, 2, b"53")
    assert [line["record"] for line in lines] == [53]


@needs_mono
def test_an_empty_log_is_told_of_once(windows: WindowsMachine) -> None:
    piece, lines = windows.probe().records()
    assert (piece.first_contact, lines) == (True, [])


@needs_mono
def test_history_is_as_long_as_was_asked_for(windows: WindowsMachine) -> None:
    windows.say("events", *(event(record) for record in range(1, 31)))
    _, lines = windows.probe(history_bytes=384 * 5).records()
    assert [line["record"] for line in lines] == [26, 27, 28, 29, 30]


@needs_mono
def test_without_history_only_news_are_told(windows: WindowsMachine) -> None:
    windows.say("events", event(1), event(2))
    running = windows.probe(history_bytes=0)
    piece, lines = running.records()
    assert (piece.cursor.mark, lines) == (b"2", [])


@needs_mono
def test_it_goes_on_where_the_cursor_points(windows: WindowsMachine) -> None:
    windows.say("events", *(event(record) for record in range(50, 54)))
    piece, lines = windows.probe(cursor(9, 51)).records()
    assert (piece.backlog, piece.first_contact, piece.replaced) == (True, False, False)
    assert (piece.start, piece.cursor.offset, [line["record"] for line in lines]) == (9, 10, [52, 53])


@needs_mono
def test_records_that_were_overwritten_are_no_sign_of_anything(windows: WindowsMachine) -> None:
    windows.say("events", *(event(record) for record in range(50, 53)))
    piece, lines = windows.probe(cursor(9, 20)).records()
    assert (piece.replaced, piece.backlog, [line["record"] for line in lines]) == (False, True, [50, 51, 52])


@needs_mono
@pytest.mark.parametrize("then", [cursor(9, 400), cursor(9, 2, "2026-11-01T00:00:00.0000000Z")])
def test_a_log_that_is_another_one_is_read_from_its_beginning(windows: WindowsMachine, then: Cursor) -> None:
    windows.say("events", event(1), event(2), event(3))
    piece, lines = windows.probe(then).records()
    assert (piece.replaced, piece.backlog, [line["record"] for line in lines]) == (True, True, [1, 2, 3])


@needs_mono
@pytest.mark.parametrize(("first", "is_replaced"), [(1102, False), (4625, True)])
def test_a_log_that_begins_anew_says_so_itself_or_was_replaced(
    windows: WindowsMachine, first: int, is_replaced: bool
) -> None:
    windows.say("events", event(50), event(51))
    running = windows.probe()
    running.records()
    windows.say("events", event(1, first))
    piece, lines = running.records()
    assert (piece.replaced, piece.backlog, [line["id"] for line in lines]) == (is_replaced, False, [first])


@needs_mono
def test_logons_of_services_and_shares_stay_on_the_machine(windows: WindowsMachine) -> None:
    sshd = {"LogonType": "3", "TargetLogonId": "0xA2", "ProcessName": r"C:\Windows\System32\OpenSSH\sshd.exe"}
    windows.say(
        "events",
        event(1, 4624, LogonType="5"),
        event(2, 4624, LogonType="3", TargetLogonId="0xa1"),
        event(3, 4624, **sshd),
        event(4, 4634, LogonType="3", TargetLogonId="0xa1"),
        event(5, 4634, LogonType="3", TargetLogonId="0xa2"),
        event(6, 4624, LogonType="2"),
    )
    piece, lines = windows.probe().records()
    assert [(line["record"], line.get("sshd", False)) for line in lines] == [(3, True), (5, True), (6, False)]
    assert piece.cursor.mark == b"6"


@needs_mono
def test_a_network_logon_that_the_log_says_is_openssh_s_is_among_the_open_ones(windows: WindowsMachine) -> None:
    windows.say("logons", f"0xa1 3 0 dave CORP {NOON}", f"0xa2 8 0 carol CORP {NOON}")
    windows.say("events", event(1, 4624, LogonType="8", TargetLogonId="0xa2", LogonProcessName="sshd"))
    running = windows.probe()
    while not (reports := login_reports(running.next(Sessions).wts or b"", "ws-07")):
        pass
    assert [(one.user, one.session_id, one.service) for one in reports] == [("carol", "0xa2", "sshd")]


@needs_mono
def test_what_is_typed_as_a_user_name_does_not_stop_it(windows: WindowsMachine) -> None:
    windows.say(
        "events",
        event(1, TargetUserName='ro\x01o&#2;t"\\\x1b[2J'),
        event(2, 4625),
        "<Event><EventRecordID>3<",
        event(4),
    )
    _, lines = windows.probe().records()
    assert [(line["record"], line["data"].get("TargetUserName")) for line in lines] == [
        (1, 'ro\ufffdo\ufffdt"\\\ufffd[2J'),
        (2, None),
        (4, None),
    ]


@needs_mono
def test_its_own_logon_is_not_told_of(windows: WindowsMachine) -> None:
    windows.say("own", "0xb3003")
    windows.say("events", event(1, 4624, LogonType="8", TargetLogonId="0xb3003", LogonProcessName="sshd"), event(2))
    _, lines = windows.probe().records()
    assert [line["record"] for line in lines] == [2]


@needs_mono
def test_a_long_history_comes_in_pieces_and_waits_to_be_acknowledged(windows: WindowsMachine) -> None:
    count = 1_500
    windows.say("events", *(event(record, TargetUserName="x" * 200) for record in range(1, count + 1)))
    running = windows.probe()
    unacknowledged = [running.next(Records) for _ in range(4)]
    for _ in range(3):
        running.next(Figures)
    assert [message for message in running.said if isinstance(message, Records)] == unacknowledged
    for piece in unacknowledged:
        running.send(Acknowledge(origin="event log", offset=piece.cursor.offset))
    pieces = [piece.data for piece in unacknowledged]
    while sum(piece.count(b"\n") for piece in pieces) < count:
        pieces.append(running.records()[0].data)
    assert [json.loads(line)["record"] for line in b"".join(pieces).splitlines()] == list(range(1, count + 1))
