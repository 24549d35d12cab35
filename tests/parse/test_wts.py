"""The tables of a Windows machine: who is there, at which terminal session, since when and from where."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Event, LastInput, Origin
from whotop.parse import proc
from whotop.parse.windows_figures import windows_figures
from whotop.parse.wts import login_reports
from whotop.wire.messages import Figures, FileSystem

NOON = 134_396_496_000_000_000
NOON_US = 1_795_176_000_000_000
ALICE = {"id": 1, "state": 0, "name": "Console", "user": "alice", "domain": "CORP", "logon": NOON}
BOB = ALICE | {"id": 3, "name": "RDP-Tcp#4", "user": "bob", "family": 2}


def reports(*sessions: dict[str, object], logons: list[dict[str, Any]] | None = None, own: str = "") -> list[Event]:
    tables = {"sessions": sessions, "logons": logons or [], "own": own}
    found = login_reports(json.dumps(tables).encode(), "ws-07", boot_id="b", seen_us=5, skew_us=2)
    assert found is not None
    return found


def words(*values: int) -> str:
    """WTSCLIENT.ClientAddress: 31 words of 16 bits."""
    return b64encode(b"".join(value.to_bytes(2, "little") for value in values).ljust(62, b"\0")).decode()


def test_a_console_session_is_a_login() -> None:
    assert reports(ALICE) == [
        Event(
            machine="ws-07",
            kind=reports(ALICE)[0].kind,
            time_us=NOON_US,
            user="alice",
            tty="wts/1",
            origin=Origin.WTS,
            boot_id="b",
            service="console",
            seen_us=5,
            skew_us=2,
        )
    ]


def test_a_remote_desktop_has_an_address() -> None:
    (bob,) = reports(BOB | {"address": words(10, 0, 0, 3)})
    assert (bob.tty, bob.source, bob.service) == ("wts/3", "10.0.0.3", "rdp")


@pytest.mark.parametrize(
    "address",
    [
        words(0x20, 0x01, 0x0D, 0xB8, *[0] * 11, 7),
        b64encode(bytes.fromhex("20010db8000000000000000000000007").ljust(62, b"\0")).decode(),
    ],
)
def test_an_address_of_ipv6_is_read_spread_and_packed(address: str) -> None:
    assert reports(BOB | {"family": 23, "address": address})[0].source == "2001:db8::7"


def test_a_disconnected_session_is_still_one() -> None:
    assert [event.tty for event in reports(BOB | {"state": 4, "name": "", "family": 0})] == ["wts/3"]


@pytest.mark.parametrize(
    "changed", [{"id": 0}, {"state": 6}, {"user": ""}, {"logon": 0}, {"logon": -1}, {"user": "DWM-1"}]
)
def test_services_listeners_and_greeters_are_nobody(changed: dict[str, object]) -> None:
    assert reports(ALICE | changed) == []


def test_a_logon_gives_its_id_and_exact_time_to_its_terminal_session() -> None:
    halves = [
        {"id": one, "type": 2, "user": "Alice", "session": 1, "logon": NOON - 3_000_000 + ticks}
        for one, ticks in (("0x5a42b", 0), ("0x5a3f1", 10))
    ]
    later = {"id": "0x111", "type": 10, "user": "alice", "session": 1, "logon": NOON + 9_000_000_000}
    (alice,) = reports(ALICE, logons=[later, *halves])
    assert (alice.session_id, alice.time_us) == ("0x5a3f1", NOON_US - 300_000)


def test_a_login_over_openssh_has_no_terminal_and_the_probes_own_is_left_out() -> None:
    carol = {"id": "0xa2002", "type": 8, "user": "carol", "domain": "CORP", "logon": NOON, "sshd": True}
    own = carol | {"id": "0xb3003", "user": "monitor"}
    virtual = carol | {"id": "0xc", "user": "sshd_12", "domain": "VIRTUAL USERS", "sid": "S-1-5-111-1"}
    share = carol | {"id": "0xd", "user": "dave", "sshd": False}
    found = reports(logons=[carol, own, virtual, share], own="0xb3003")
    assert [(event.user, event.tty, event.session_id, event.service) for event in found] == [
        ("carol", "", "0xa2002", "sshd")
    ]


def test_figures_are_read() -> None:
    data = {
        "idle": 700, "kernel": 800, "user": 200, "memory": 1000, "available": 250, "uptime_ms": 61_500,
        "inputs": [[1, NOON], [2, 0]],
    }  # fmt: skip
    figures = windows_figures(json.dumps(data).encode())
    assert (figures.memory_percent, figures.last_inputs) == (75.0, (LastInput("wts/1", NOON_US),))


def test_two_readings_of_windows_make_a_sample() -> None:
    earlier, later = (
        proc.reading(Figures(clock_us=1, windows=json.dumps(told).encode(), disks=disks), None)
        for told, disks in (
            ({"idle": 100, "kernel": 200, "user": 100}, None),
            (
                {"idle": 175, "kernel": 250, "user": 150, "memory": 1000, "available": 250, "uptime_ms": 61_500},
                (FileSystem(mount=b"C:\\", size=100, free=25, available=25),),
            ),
        )
    )
    sample = proc.sample("ws-07", earlier, later, 5, cpu_count=4)
    assert (sample.cpu_percent, sample.memory_percent, sample.memory_total_bytes) == (25.0, 75.0, 1000)
    assert (sample.uptime_seconds, sample.load1, sample.swap_percent, sample.disk_percent) == (61.5, None, None, 75.0)


def test_figures_that_make_no_sense_are_empty() -> None:
    assert windows_figures(b"{").memory_percent is None
    assert windows_figures(b'{"memory":1,"available":2}').memory_percent is None


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,0123sesionlgw', max_size=80))
def test_no_bytes_can_stop_the_reader(data: bytes | str) -> None:
    content = data if isinstance(data, bytes) else data.encode()
    login_reports(content, "ws-07")
    windows_figures(content)


@given(
    st.fixed_dictionaries(
        {"id": st.integers(-9, 9), "state": st.integers(-1, 9), "user": st.text(max_size=9), "logon": st.integers()},
        optional={"family": st.sampled_from([2, 23, 0]), "address": st.text(max_size=90)},
    )
)
def test_no_session_can_stop_the_reader(session: dict[str, object]) -> None:
    login_reports(json.dumps({"sessions": [session]}).encode(), "ws-07")
