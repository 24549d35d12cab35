"""Windows events: one day of a machine's Security log, alike in every shape that it is exported in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Event, EventKind, Standing
from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_events import WindowsEvents
from whotop.parse.windows_export import exported_events

FOLDER = Path(__file__).parent / "windows"
SHAPES = sorted(path for path in FOLDER.glob("day.*") if ".expected." not in path.name)
AUDITING = "Microsoft-Windows-Security-Auditing"
NOON_US = 1_795_176_000_000_000
ALICE = {
    "TargetUserSid": "S-1-5-21-1-2-3-1104",
    "TargetUserName": "alice",
    "TargetDomainName": "CORP",
    "TargetLogonId": "0x5a3f1",
    "LogonType": "2",
}


def security(event_id: int, seconds: float = 0, /, **data: str) -> WindowsEvent:
    """An event of the Security log of WS-07, some seconds after noon."""
    return WindowsEvent(
        id=event_id,
        time_us=NOON_US + round(seconds * 1_000_000),
        provider=AUDITING,
        channel="Security",
        computer="ws-07.corp.example",
        data=data,
    )


def system(provider: str, event_id: int, seconds: float = 0, /, **data: str) -> WindowsEvent:
    return msgspec.structs.replace(security(event_id, seconds, **data), provider=provider, channel="System")


def logon(seconds: float = 0, /, **changed: str) -> WindowsEvent:
    return security(4624, seconds, **(ALICE | changed))


def read(*events: WindowsEvent) -> list[Event]:
    return list(WindowsEvents("ws-07").events(events))


def kinds(events: Iterable[Event]) -> list[str]:
    return [event.kind.value for event in events]


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.name)
def test_a_day_reads_alike_in_every_shape(path: Path) -> None:
    in_order = sorted(exported_events(path.read_bytes()), key=lambda event: (event.time_us, event.record))
    found = [msgspec.to_builtins(event) for event in WindowsEvents().events(in_order)]
    assert found == json.loads((FOLDER / "day.expected.json").read_text("utf-8"))


def test_what_surrounds_a_piece_of_the_probe_is_in_its_events() -> None:
    piece = (FOLDER / "day.probe.jsonl").read_bytes()
    found = WindowsEvents("ws-07").lines(piece, standing=Standing.LATE, seen_us=7, skew_us=3)
    assert len(found) == 16
    assert {(event.machine, event.standing, event.seen_us, event.skew_us) for event in found} == {
        ("ws-07", Standing.LATE, 7, 3)
    }


def test_the_two_halves_of_an_administrators_token_are_one_login_and_one_logout() -> None:
    found = read(
        logon(TargetLogonId="0x20", TargetLinkedLogonId="0x10"),
        logon(0.01, TargetLogonId="0x10", TargetLinkedLogonId="0x20"),
        security(4634, 60, **(ALICE | {"TargetLogonId": "0x20"})),
        security(4634, 60, **(ALICE | {"TargetLogonId": "0x10"})),
    )
    assert [(event.kind, event.session_id) for event in found] == [
        (EventKind.LOGIN, "0x10"),
        (EventKind.LOGOUT, "0x10"),
    ]


def test_before_windows_10_halves_are_told_by_their_time() -> None:
    assert kinds(read(logon(TargetLogonId="0x10"), logon(0.4, TargetLogonId="0x20"))) == ["login"]


def test_a_login_of_the_same_user_later_is_another_one() -> None:
    assert kinds(read(logon(TargetLogonId="0x10"), logon(30, TargetLogonId="0x20"))) == ["login", "login"]


def test_two_logins_over_openssh_in_one_second_are_two() -> None:
    sshd = {"LogonType": "8", "ProcessName": r"C:\Program Files\OpenSSH\sshd-session.exe"}
    assert kinds(read(logon(TargetLogonId="0x10", **sshd), logon(0.2, TargetLogonId="0x20", **sshd))) == [
        "login",
        "login",
    ]


def test_ids_that_are_given_again_after_a_boot_are_other_logons() -> None:
    found = read(
        logon(TargetLogonId="0x10", TargetLinkedLogonId="0x20"),
        security(4608, 600),
        logon(660, TargetLogonId="0x20", TargetLinkedLogonId="0x10"),
    )
    assert kinds(found) == ["login", "boot", "login"]


def test_a_key_login_over_openssh_is_known_from_other_network_logons() -> None:
    by_key = {"LogonType": "3", "LogonProcessName": "sshd", "TargetLogonId": "0x10"}
    share = {"LogonType": "3", "LogonProcessName": "Kerberos", "TargetLogonId": "0x20", "IpAddress": "10.0.0.4"}
    ends = [security(4634, 9, **(ALICE | {"LogonType": "3", "TargetLogonId": one})) for one in ("0x10", "0x20")]
    found = read(logon(**by_key), logon(5, **share), *ends)
    assert [(event.kind.value, event.session_id, event.service) for event in found] == [
        ("login", "0x10", "sshd"),
        ("logout", "0x10", ""),
    ]


def test_the_logoff_of_an_openssh_login_that_only_the_probe_knew_counts() -> None:
    ends = security(4634, **(ALICE | {"LogonType": "8"}))
    assert read(ends) == []
    assert kinds(read(msgspec.structs.replace(ends, sshd=True))) == ["logout"]


@pytest.mark.parametrize(
    ("name", "domain", "sid"),
    [
        ("SYSTEM", "NT AUTHORITY", "S-1-5-18"),
        ("SERVICE LOCAL", "AUTORITE NT", "S-1-5-19"),
        ("Netzwerkdienst", "NT-AUTORITÄT", "S-1-5-20"),
        ("ANONYMOUS LOGON", "NT AUTHORITY", "S-1-5-7"),
        ("DWM-3", "Window Manager", "S-1-5-90-0-3"),
        ("UMFD-1", "Font Driver Host", "S-1-5-96-0-1"),
        ("sshd_4711", "VIRTUAL USERS", "S-1-5-111-1-2-3-4-5-4711"),
        ("sshd_4711", "WS-07", ""),
        ("dwm-3", "", ""),
        ("MSSQL", "NT SERVICE", "S-1-5-80-1-2-3"),
        ("WS-07$", "CORP", "S-1-5-21-1-2-3-1001"),
        ("", "", "S-1-0-0"),
    ],
)
def test_nobody_is_behind_these_accounts(name: str, domain: str, sid: str) -> None:
    assert read(logon(TargetUserName=name, TargetDomainName=domain, TargetUserSid=sid)) == []


@pytest.mark.parametrize("name", ["support$", "DWM-9", "sshd_1"])
def test_a_person_does_not_hide_behind_a_name(name: str) -> None:
    assert kinds(read(logon(TargetUserName=name, LogonType="10"))) == ["login"]


@pytest.mark.parametrize("logon_type", ["0", "3", "4", "5", "8", "9", "99", "x", ""])
def test_these_logon_types_are_no_logins(logon_type: str) -> None:
    assert read(logon(LogonType=logon_type)) == []


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("10.0.0.3", "10.0.0.3"),
        ("::ffff:10.0.0.3", "10.0.0.3"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::1%12", "fe80::1%12"),
        ("-", ""),
        ("::1", ""),
        ("127.0.0.1", ""),
        ("LOCAL", ""),
    ],
)
def test_where_a_remote_desktop_came_from(address: str, source: str) -> None:
    (login,) = read(logon(LogonType="10", IpAddress=address))
    assert (login.source, login.service) == (source, "rdp")


def test_a_failure_says_why() -> None:
    failed = security(4625, TargetUserName="root", Status="0xc000006d", SubStatus="-1073741724", IpAddress="192.0.2.1")
    (event,) = read(failed)
    assert (event.kind, event.user, event.source, event.detail) == ("failed", "root", "192.0.2.1", "no such user")


def test_a_failure_of_an_unknown_kind_shows_its_number() -> None:
    (event,) = read(security(4625, TargetUserName="root", Status="0xc000a001", SubStatus="0x0"))
    assert event.detail == "status 0xc000a001"


@pytest.mark.parametrize("name", ["WS-07$", "sshd_1", "SYSTEM", "DWM-1"])
def test_whoever_tries_from_elsewhere_does_not_hide_behind_a_name(name: str) -> None:
    assert kinds(read(security(4625, TargetUserName=name, IpAddress="192.0.2.1", LogonType="3"))) == ["failed"]


def test_a_computers_own_failure_is_none() -> None:
    assert read(security(4625, TargetUserName="WS-07$", IpAddress="-", LogonType="3")) == []


def network(event_id: int, seconds: float, /, **changed: str) -> WindowsEvent:
    far = {"LogonType": "3", "IpAddress": "203.0.113.9", "LogonProcessName": "NtLmSsp"}
    return security(event_id, seconds, **(ALICE | far | changed))


def test_a_logon_over_the_network_that_guessing_has_led_to_is_a_login() -> None:
    guesses = [network(4625, number, SubStatus="0xc000006a") for number in range(5)]
    *_, login, logout = read(*guesses, network(4624, 9), network(4634, 12))
    assert (login.kind, login.user, login.source, login.service) == (
        EventKind.LOGIN,
        "alice",
        "203.0.113.9",
        "network",
    )
    assert (logout.kind, logout.session_id) == (EventKind.LOGOUT, login.session_id)


@pytest.mark.parametrize(
    ("failures", "logon"),
    [(4, {}), (5, {"IpAddress": "203.0.113.10"}), (5, {"TargetUserName": "WS-09$"})],
    ids=["too few", "from elsewhere", "a computer's"],
)
def test_other_logons_over_the_network_are_none(failures: int, logon: dict[str, str]) -> None:
    guesses = [network(4625, number) for number in range(failures)]
    assert {event.kind for event in read(*guesses, network(4624, 9, **logon))} == {EventKind.FAILED_LOGIN}


def test_failures_of_long_ago_have_led_to_nothing() -> None:
    guesses = [network(4625, number) for number in range(5)]
    assert kinds(read(*guesses, network(4624, 700))) == ["failed"] * 5


def test_a_domain_controller_tells_of_guesses_from_elsewhere() -> None:
    far = {"TargetUserName": "alice", "IpAddress": "::ffff:203.0.113.9"}
    (unknown, wrong) = read(security(4768, Status="0x6", **far), security(4771, Status="0x18", **far))
    assert (unknown.kind, unknown.user, unknown.source) == (EventKind.FAILED_LOGIN, "alice", "203.0.113.9")
    assert (unknown.detail, wrong.detail, wrong.service) == ("no such user", "wrong password", "kerberos")


@pytest.mark.parametrize(
    "changed", [{"Status": "0x0"}, {"Status": "0x25"}, {"IpAddress": "::1"}, {"TargetUserName": "WS-09$"}]
)
def test_what_is_no_guess_from_elsewhere_is_no_failure_at_the_domain(changed: dict[str, str]) -> None:
    guess = {"TargetUserName": "alice", "IpAddress": "::ffff:203.0.113.9", "Status": "0x18"}
    assert read(security(4771, **(guess | changed))) == []


def test_a_name_that_would_deface_the_screen_is_kept_beside_its_safe_form() -> None:
    (event,) = read(security(4625, TargetUserName="root\x1b[2J\u202e", IpAddress="192.0.2.1"))
    assert event.user == "root\\x1b[2J\\u202e"
    assert event.raw is not None
    assert event.raw.user == "root\x1b[2J\u202e".encode().decode("latin-1")


def test_failures_of_one_moment_that_have_no_number_are_told_apart() -> None:
    tried = security(4625, TargetUserName="root", IpAddress="192.0.2.1")
    assert [event.ordinal for event in read(tried, tried)] == [0, 1]
    numbered = msgspec.structs.replace(tried, record=7)
    assert [(event.ordinal, event.record_id) for event in read(numbered, numbered)] == [(0, "Security:7")] * 2


def test_a_start_that_many_records_tell_of_is_one() -> None:
    found = read(
        system("Microsoft-Windows-Kernel-General", 12),
        system("Microsoft-Windows-Kernel-Power", 41, 2),
        system("EventLog", 6005, 9),
        system("EventLog", 6008, 9),
        security(4608, 12),
    )
    assert kinds(found) == ["boot"]


def test_a_shutdown_says_who_asked_for_it() -> None:
    asked = system("User32", 1074, 0, param7=r"CORP\alice", param5="restart")
    found = read(asked, system("EventLog", 6006, 20), system("Microsoft-Windows-Kernel-General", 13, 22))
    assert [(event.kind.value, event.user, event.detail) for event in found] == [
        ("shutdown", "alice", "asked for by alice")
    ]


def test_a_shutdown_that_was_asked_for_and_called_off_is_none() -> None:
    assert read(system("User32", 1074, param7=r"CORP\alice"), logon(60)) == read(logon(60))


def test_a_shutdown_that_only_the_request_tells_of_comes_before_the_start() -> None:
    found = read(system("User32", 1074, param7=r"CORP\alice"), system("EventLog", 6005, 90))
    assert kinds(found) == ["shutdown", "boot"]


def test_a_restart_within_minutes_is_another_one() -> None:
    found = read(security(4608), system("EventLog", 6006, 60), security(4608, 90))
    assert kinds(found) == ["boot", "shutdown", "boot"]


def test_small_numbers_of_other_programs_mean_nothing() -> None:
    assert read(system("Disk", 41), system("Microsoft-Windows-TerminalServices-RDPClient", 1102), system("", 12)) == []


def test_a_file_of_several_computers_keeps_them_apart() -> None:
    other = msgspec.structs.replace(logon(), computer="dc-01")
    assert [event.machine for event in WindowsEvents().events([logon(), other])] == ["ws-07.corp.example", "dc-01"]


texts = st.text(max_size=20) | st.sampled_from(["4624", "2", "10", "0x10", "-1", "sshd.exe", "S-1-5-21-1", "alice"])
fields = st.dictionaries(st.sampled_from([*ALICE, "SessionId", "LogonID", "IpAddress", "ProcessName"]), texts)
numbers = st.sampled_from([4624, 4625, 4634, 4647, 4778, 4779, 4800, 4801, 4608, 4616, 1102]) | st.integers()
windows_events = st.builds(
    WindowsEvent,
    id=numbers,
    time_us=st.integers(1, 2**53),
    record=st.integers(0, 2**63),
    provider=st.sampled_from([AUDITING, "", "Microsoft-Windows-Eventlog"]),
    computer=texts,
    data=fields,
)


def test_a_line_with_a_name_that_is_no_utf8_is_left_out() -> None:
    assert WindowsEvents("ws-07").lines(b'{"\x80id":4624}\n') == []


@given(st.lists(st.binary(max_size=60) | st.text(alphabet='{}[]":,id0123tmea', max_size=60), max_size=5))
def test_no_lines_can_stop_the_reader(lines: list[bytes | str]) -> None:
    piece = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    assert all(event.machine == "ws-07" for event in WindowsEvents("ws-07").lines(piece))


@given(st.lists(windows_events, max_size=12))
def test_no_event_can_stop_the_reader(events: list[WindowsEvent]) -> None:
    for event in WindowsEvents().events(events):
        assert event.user.isprintable()
        assert event.session_id == "" or int(event.session_id, 16) > 0
