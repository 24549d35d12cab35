"""The C# of the Windows probe, run by Mono against a stand-in for the libraries of Windows.

It shows that the probe keeps the protocol, and what it makes of what Windows answers; not what Windows
answers. PowerShell, which compiles it there, is not run.
"""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probe.windows_machine import WindowsMachine, compiled
from whotop import probe
from whotop.parse.wts import login_reports
from whotop.wire.messages import (
    Acknowledge,
    Answer,
    Cursor,
    Figures,
    FileIdentity,
    Goodbye,
    Records,
    Request,
    Sessions,
    Stop,
)

NOON = 134_396_496_000_000_000

needs_mono = pytest.mark.skipif(
    not all(map(shutil.which, ("mono", "mcs", "gcc"))), reason="needs mono, mcs and gcc to run C# without Windows"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("windows"))


@pytest.fixture
def windows(program: Path, tmp_path: Path) -> Iterator[WindowsMachine]:
    machine = WindowsMachine(program, tmp_path)
    yield machine
    machine.close()


def event(record: int, event_id: int = 4625, time: str = "", **data: str) -> str:
    """A line of the log."""
    values = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>{event_id}</EventID>"
        f"<TimeCreated SystemTime='{time or f'2026-11-20T12:00:{record % 60:02}.0000000Z'}'/>"
        f"<EventRecordID>{record}</EventRecordID><Channel>Security</Channel><Computer>ws-07</Computer></System>"
        f"<EventData>{values}</EventData></Event>"
    )


def cursor(offset: int, record: int, time: str = "") -> Cursor:
    time = time or f"2026-11-20T12:00:{record % 60:02}.0000000Z"
    identity = FileIdentity(device=0, inode=0, head=b"")
    return Cursor(file=identity, offset=offset, tail=time.encode(), mark=str(record).encode())


@needs_mono
def test_it_says_who_it_is(windows: WindowsMachine) -> None:
    windows.say("events", event(7, 12, "2026-11-20T06:58:00.5000000Z"), event(8))
    hello = windows.probe().hello
    assert (hello.version, hello.probe, hello.interpreter) == (1, "windows", "1.0")
    assert hello.boot_id == b"2026-11-20T06:58:00.5000000Z"
    assert hello.os_release.startswith(b'PRETTY_NAME="Windows')
    assert {origin.name: origin.state for origin in hello.origins} == {"wts": "readable", "event log": "readable"}


@needs_mono
def test_a_log_that_it_may_not_read_is_named_with_the_group_that_may(windows: WindowsMachine, tmp_path: Path) -> None:
    (tmp_path / "events").unlink()
    (log,) = (origin for origin in windows.probe().hello.origins if origin.name == "event log")
    assert (log.state, log.group) == ("unreadable", b"Event Log Readers")


@needs_mono
def test_sessions_are_told_when_they_change(windows: WindowsMachine) -> None:
    windows.say("sessions", f"1 0 Console alice CORP {NOON} 0 0.0.0.0")
    running = windows.probe()
    first = login_reports(running.next(Sessions).wts or b"", "ws-07")
    windows.say("sessions", f"1 0 Console alice CORP {NOON} 0 0.0.0.0", f"3 0 RDP-Tcp#4 bob CORP {NOON} 2 10.0.0.3")
    second = login_reports(running.next(Sessions).wts or b"", "ws-07")
    assert [(one.user, one.tty, one.source) for one in first or ()] == [("alice", "wts/1", "")]
    assert [(one.user, one.tty, one.source) for one in second or ()] == [
        ("alice", "wts/1", ""),
        ("bob", "wts/3", "10.0.0.3"),
    ]


@needs_mono
def test_a_terminal_session_is_given_the_id_of_its_logon(windows: WindowsMachine) -> None:
    windows.say("sessions", f"1 0 Console alice CORP {NOON + 5_000_000} 0 0.0.0.0")
    windows.say("logons", f"0x5a3f1 2 1 alice CORP {NOON}", f"0x3e4 5 0 service CORP {NOON}")
    sessions = windows.probe().next(Sessions)
    (alice,) = login_reports(sessions.wts or b"", "ws-07") or []
    assert (alice.session_id, alice.time_us, sessions.left_out) == ("0x5a3f1", 1_795_176_000_000_000, 0)
    assert b"service" not in (sessions.wts or b"")


@needs_mono
def test_without_the_right_to_see_all_logons_the_list_says_that_it_is_not_full(windows: WindowsMachine) -> None:
    windows.say("sessions", f"1 0 Console alice CORP {NOON} 0 0.0.0.0")
    windows.say("logons", f"0x5a3f1 2 1 alice CORP {NOON}")
    windows.say("denied")
    assert windows.probe().next(Sessions).left_out == 1


@needs_mono
def test_figures_come_each_interval(windows: WindowsMachine) -> None:
    windows.say("sessions", f"2 0 Console alice CORP {NOON} 0 0.0.0.0")
    running = windows.probe()
    figures = [running.next(Figures) for _ in range(3)]
    told = json.loads(figures[1].windows)
    assert {name: told[name] for name in ("idle", "kernel", "user", "memory", "available", "inputs")} == {
        "idle": 700, "kernel": 800, "user": 200, "memory": 1000, "available": 250, "inputs": [[2, NOON + 600_000_000]],
    }  # fmt: skip
    assert figures[0].disks is not None
    assert figures[1].disks is None


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
    assert not any(isinstance(message, Records) for message in running.received)
    for piece in unacknowledged:
        running.send(Acknowledge(origin="event log", offset=piece.cursor.offset))
    pieces = [piece.data for piece in unacknowledged]
    while sum(piece.count(b"\n") for piece in pieces) < count:
        pieces.append(running.records()[0].data)
    assert [json.loads(line)["record"] for line in b"".join(pieces).splitlines()] == list(range(1, count + 1))


@needs_mono
def test_it_does_not_know_how_to_list_processes_and_says_so(windows: WindowsMachine) -> None:
    running = windows.probe()
    running.send(Request(id=7, kind="processes", pid=1))
    answer = running.next(Answer)
    assert (answer.id, answer.error) == (7, b"this probe does not know how")


@needs_mono
def test_it_leaves_when_it_is_asked_to(windows: WindowsMachine) -> None:
    running = windows.probe()
    running.send(Stop())
    assert running.next(Goodbye).reason == b""
    assert running.process.wait(timeout=20) == 0


@needs_mono
def test_it_leaves_when_whotop_has_gone(windows: WindowsMachine) -> None:
    running = windows.probe()
    running.hang_up()
    assert running.process.wait(timeout=20) == 0


@needs_mono
@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", bytes(10), b"\0\0\0\2\x44\0\0\0\0\3{}"])
def test_it_ends_when_what_comes_is_no_frame(windows: WindowsMachine, nonsense: bytes) -> None:
    running = windows.probe()
    assert running.process.stdin is not None
    running.process.stdin.write(nonsense)
    assert running.process.wait(timeout=20) == 1
    assert running.complaint().startswith("probe: whotop sent")


def test_the_loader_fits_into_a_command_line_of_windows() -> None:
    assert len(probe.WINDOWS_LOADER) < 8_191


def test_the_loader_takes_no_more_of_standard_input_than_the_source() -> None:
    bootstrap = b64decode(probe.WINDOWS_LOADER.rpartition(" ")[2]).decode("utf-16-le")
    assert "-InputFormat None" in probe.WINDOWS_LOADER
    assert "ReadByte" in bootstrap
    assert "$input" not in bootstrap


def test_the_source_is_a_script_with_the_code_between_its_marks() -> None:
    source = probe.windows_source().decode()
    assert re.search(r"^\$code = @'\nusing System;\n", source, re.MULTILINE)
    assert source.count("\n'@\n") == 1
    assert "#code#" not in source
