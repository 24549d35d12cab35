"""Events in few words, for the tests of the core. Times are in seconds."""

from __future__ import annotations

from typing import Any, Protocol

import pytest

from whotop.clock import SECOND_US
from whotop.model import Event, EventKind, Origin


class MakeEvent(Protocol):
    def __call__(self, kind: str, seconds: float, **fields: Any) -> Event: ...


def make_event(kind: str, seconds: float, **fields: Any) -> Event:
    """An event on machine ``web-01`` unless ``machine`` says otherwise."""
    return Event(
        machine=fields.pop("machine", "web-01"), kind=EventKind(kind), time_us=round(seconds * SECOND_US), **fields
    )


@pytest.fixture
def event() -> MakeEvent:
    return make_event


class Reports:
    """What the origins of a Linux machine say about one login over OpenSSH."""

    @staticmethod
    def wtmp_login(seconds: float, user: str = "alice", tty: str = "pts/0", pid: int = 100, **fields: Any) -> Event:
        return make_event(
            "login", seconds, user=user, tty=tty, login_pid=pid, origin=Origin.WTMP, source="10.0.0.7", **fields
        )

    @staticmethod
    def wtmp_logout(seconds: float, tty: str = "pts/0", pid: int = 100, **fields: Any) -> Event:
        return make_event("logout", seconds, tty=tty, login_pid=pid, origin=Origin.WTMP, **fields)

    @staticmethod
    def utmp(seconds: float, user: str = "alice", tty: str = "pts/0", pid: int = 100, **fields: Any) -> Event:
        return make_event(
            "login", seconds, user=user, tty=tty, login_pid=pid, origin=Origin.UTMP, source="10.0.0.7", **fields
        )

    @staticmethod
    def logind(
        seconds: float, user: str = "alice", tty: str = "pts/0", session: str = "5", pid: int = 90, **fields: Any
    ) -> Event:
        return make_event(
            "login",
            seconds,
            user=user,
            tty=tty,
            session_id=session,
            leader_pid=pid,
            origin=Origin.LOGIND,
            source="10.0.0.7",
            **fields,
        )


@pytest.fixture
def reports() -> type[Reports]:
    return Reports
