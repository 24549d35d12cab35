"""Tells the service manager how we are: ready, reloading, stopping, and still alive.

The protocol is sd_notify(3) and sd_watchdog_enabled(3) of systemd, which others speak too: datagrams of
``NAME=value`` lines to the socket that ``NOTIFY_SOCKET`` names. Nobody is told where there is none.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

from whotop.text import safe

STATUS_CHARACTERS = 200

log = logging.getLogger(__name__)


class ServiceManager:
    """Whoever started us, as the environment names it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self.watchdog_seconds = _watchdog_seconds(environment)
        """Within how many seconds it wants to hear from us; 0 when it does not."""

    def ready(self, status: str) -> None:
        """What we are for has begun; also after a reload."""
        self._tell("READY=1", f"STATUS={safe(status, STATUS_CHARACTERS)}")

    def reloading(self, monotonic_us: int) -> None:
        """The configuration is being read again; ``monotonic_us`` is CLOCK_MONOTONIC."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={monotonic_us}")

    def stopping(self) -> None:
        """We are about to end."""
        self._tell("STOPPING=1")

    def alive(self, status: str) -> None:
        """We do what we are for."""
        self._tell("WATCHDOG=1", f"STATUS={safe(status, STATUS_CHARACTERS)}")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as told:
                told.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.warning("the service manager cannot be told: %s", error.strerror)


def _address(named: str) -> str:
    """A path, or a name of Linux's abstract sockets, which is written with @ for its NUL."""
    return "\0" + named[1:] if named.startswith("@") else named


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    is_ours = environment.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if is_ours and microseconds.isascii() and microseconds.isdigit() else 0.0
