"""What the service manager is told."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from whotop.monitor.service_manager import ServiceManager


@pytest.fixture(
    params=[
        "a path",
        pytest.param("an abstract name", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux")),
    ]
)
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens as systemd does, and its name in NOTIFY_SOCKET."""
    name = str(tmp_path / "notify") if request.param == "a path" else f"@whotop-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name if name.startswith("/") else "\0" + name[1:])
        listening.settimeout(5)
        yield listening, name


def test_it_hears_when_we_are_ready_alive_and_stopping(manager: tuple[socket.socket, str]) -> None:
    listening, name = manager
    told = ServiceManager({"NOTIFY_SOCKET": name})
    told.ready("3 of 4 machines up")
    told.alive("all\nwell")
    told.reloading(17)
    told.stopping()
    assert [listening.recv(4096) for _ in range(4)] == [
        b"READY=1\nSTATUS=3 of 4 machines up",
        b"WATCHDOG=1\nSTATUS=all\\x0awell",
        b"RELOADING=1\nMONOTONIC_USEC=17",
        b"STOPPING=1",
    ]


def test_nobody_is_told_where_there_is_none() -> None:
    ServiceManager({}).ready("")


def test_one_that_has_gone_is_no_fault_of_ours(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).stopping()
    assert "cannot be told" in caplog.text


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
        ({}, 0.0),
    ],
)
def test_the_watchdog_is_the_one_that_is_meant_for_us(environment: dict[str, str], seconds: float) -> None:
    assert ServiceManager(environment).watchdog_seconds == seconds
