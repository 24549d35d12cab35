"""A Windows machine, as its tables and its log tell of it together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from tests.hello import HELLO
from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import Trial
from whotop.clock import SECOND_US
from whotop.model import EventKind, Level, Outcome, Session
from whotop.wire.messages import Cursor, Figures, FileIdentity, Hello, OriginReport, Records, Sessions

BOOT = b"2025-11-21T06:58:00.5000000Z"
FILETIME_OF_1970 = 116_444_736_000_000_000
Fields = dict[str, Any]


@dataclass
class WindowsTalk(Talk):
    """What Windows says: rows of its tables, and lines of its log."""

    records: int = 0

    def hello(self, seconds: float) -> Hello:
        origins = tuple(OriginReport(name=name, path=b"", state="readable") for name in ("wts", "event log"))
        return replace(
            HELLO,
            probe="windows",
            interpreter="PowerShell 5.1.20348.2849",
            clock_us=self.at(seconds),
            boot_id=BOOT,
            hostname=b"WS-07",
            kernel=b"10.0.20348.0",
            architecture=b"64-bit",
            os_release=b'PRETTY_NAME="Windows Server 2022 Standard 21H2"\n',
            clock_ticks=1000,
            uid=0,
            origins=origins,
        )

    def figures(self, seconds: float) -> Figures:
        told = {"idle": 700, "kernel": 800, "user": 200, "uptime_ms": round((self.uptime_seconds + seconds) * 1000)}
        return Figures(clock_us=self.at(seconds), windows=json.dumps(told).encode())

    def listed(self, seconds: float, *rows: Any, left_out: int = 0) -> Sessions:
        tables = {"sessions": [row for row in rows if "state" in row], "logons": [row for row in rows if "type" in row]}
        return Sessions(clock_us=self.at(seconds), boot_id=BOOT, wts=json.dumps(tables).encode(), left_out=left_out)

    def session(self, seconds: float, number: int, user: str, **more: Any) -> Fields:
        return {"id": number, "state": 0, "name": "Console", "user": user, "logon": self.filetime(seconds), **more}

    def logon(self, seconds: float, number: str, user: str, kind: int, session: int = 0, **more: Any) -> Fields:
        own = {"id": number, "type": kind, "user": user, "session": session, "logon": self.filetime(seconds)}
        return own | more

    def filetime(self, seconds: float) -> int:
        return self.at(seconds) * 10 + FILETIME_OF_1970

    def line(self, seconds: float, event_id: int, provider: str = "Security-Auditing", **data: str) -> bytes:
        self.records += 1
        moment = f"/Date({self.at(seconds) // 1000})/"
        event = {"id": event_id, "record": self.records, "time": moment, "computer": "WS-07", "data": data}
        return json.dumps(event | {"provider": f"Microsoft-Windows-{provider}", "channel": "Security"}).encode() + b"\n"

    def told(self, seconds: float, *lines: bytes) -> Records:
        identity = FileIdentity(device=0, inode=0, head=b"")
        cursor = Cursor(file=identity, offset=self.records, tail=b"", mark=b"%d" % self.records)
        return Records(
            clock_us=self.at(seconds), origin="event log", data=b"".join(lines), start=self.records - 1, cursor=cursor
        )


ALICE = {"TargetUserName": "alice", "TargetUserSid": "S-1-5-21-1-2-3-1104", "LogonType": "2", "TargetLogonId": "0x5a"}
CAROL = ALICE | {"TargetUserName": "carol", "LogonType": "8", "TargetLogonId": "0xa2", "LogonProcessName": "sshd"}


class Windows(Trial):
    """The machine, watched since noon."""

    def __init__(self, *rows: Fields) -> None:
        super().__init__()
        self.talk = WindowsTalk()
        self.watch()
        self.connect(self.talk, 0, *rows)  # type: ignore[arg-type]

    def log(self, seconds: float, *lines: bytes) -> None:
        self.intake.records(self.name, self.talk.told(seconds, *lines), self.at(seconds))

    def shown(self, seconds: float, *rows: Fields, left_out: int = 0) -> None:
        self.intake.sessions(self.name, self.talk.listed(seconds, *rows, left_out=left_out), self.at(seconds))

    def reading(self, seconds: float) -> None:
        self.intake.figures(self.name, self.talk.figures(seconds), self.at(seconds))

    @property
    def sessions(self) -> list[Session]:
        return list(self.writer.sessions.values())


async def test_it_is_shown_as_what_it_is() -> None:
    windows = Windows()
    machine = windows.machine
    assert (machine.interpreter, machine.system) == ("PowerShell 5.1.20348.2849", "Windows Server 2022 Standard 21H2")
    assert (machine.sessions_known, machine.failures_known) == (True, True)
    assert machine.boot_id == BOOT.decode()
    assert windows.intake.wanted(windows.name) == ("event log",)


async def test_a_login_that_the_log_and_both_tables_tell_of_is_one() -> None:
    windows = Windows()
    talk = windows.talk
    windows.log(5.2, talk.line(5, 4624, **ALICE))
    windows.shown(5.5, talk.session(5.4, 1, "alice"), talk.logon(5, "0x5a", "alice", 2, 1))
    (session,) = windows.sessions
    assert (session.user, session.tty, session.service, session.login_us) == ("alice", "wts/1", "console", talk.at(5))


async def test_so_is_one_whose_logon_we_may_not_see() -> None:
    windows = Windows()
    windows.shown(5.1, windows.talk.session(5.0, 1, "alice"), left_out=1)
    windows.log(5.2, windows.talk.line(4.9, 4624, **ALICE))
    assert [(session.user, session.tty, session.session_id) for session in windows.sessions] == [
        ("alice", "wts/1", "0x5a")
    ]


async def test_it_ends_by_the_log_at_the_time_that_the_log_says() -> None:
    windows = Windows()
    talk = windows.talk
    windows.log(5.2, talk.line(5, 4624, **ALICE))
    windows.shown(5.5, talk.session(5, 1, "alice"), talk.logon(5, "0x5a", "alice", 2, 1))
    windows.shown(60.5)
    windows.log(60.6, talk.line(60, 4647, **ALICE), talk.line(60.4, 4634, **ALICE))
    (session,) = windows.sessions
    assert (session.outcome, session.logout_us) == (Outcome.LOGOUT, talk.at(60))


async def test_without_a_logoff_in_the_log_the_table_says_that_it_is_gone() -> None:
    windows = Windows()
    talk = windows.talk
    windows.log(5.2, talk.line(5, 4624, **ALICE))
    windows.shown(5.5, talk.session(5, 1, "alice"), talk.logon(5, "0x5a", "alice", 2, 1))
    windows.shown(60)
    assert [session.outcome for session in windows.sessions] == [Outcome.GONE]


async def test_a_login_over_openssh_stays_open_while_its_logon_does() -> None:
    windows = Windows()
    talk = windows.talk
    carol = talk.logon(5, "0xa2", "carol", 8, sshd=True)
    windows.log(5.2, talk.line(5, 4624, **CAROL))
    windows.shown(5.5, carol)
    windows.shown(30, carol, talk.session(29, 1, "alice"))
    assert windows.open_users == ["carol", "alice"]
    windows.shown(90)
    windows.log(90.1, talk.line(90, 4634, **CAROL))
    assert next((session.user, session.outcome) for session in windows.sessions) == ("carol", Outcome.LOGOUT)


async def test_a_failed_login_says_who_tried_from_where_and_why_not() -> None:
    windows = Windows()
    tried = {"TargetUserName": "root", "IpAddress": "203.0.113.9", "LogonType": "3", "SubStatus": "0xc0000064"}
    windows.log(5, windows.talk.line(5, 4625, **tried))
    (event,) = windows.writer.events.values()
    assert (event.kind, event.user, event.source) == (EventKind.FAILED_LOGIN, "root", "203.0.113.9")
    assert event.detail == "no such user"


async def test_a_boot_ends_what_was_open() -> None:
    windows = Windows()
    talk = windows.talk
    windows.log(5.2, talk.line(5, 4624, **ALICE))
    windows.log(100, talk.line(90, 4608))
    assert [session.outcome for session in windows.sessions] == [Outcome.CRASH]


async def test_a_cleared_log_is_an_alert() -> None:
    windows = Windows()
    windows.log(5, windows.talk.line(5, 1102, "Eventlog", SubjectUserName="eve"))
    (alert,) = windows.alerts("cleared")
    assert (alert.level, alert.text) == (Level.HIGH, "Security log cleared by eve")


async def test_its_figures_become_a_sample() -> None:
    windows = Windows()
    windows.reading(1)
    sample = windows.fleet.samples[windows.name]
    assert (sample.uptime_seconds, sample.load1) == (86_401.0, None)
    assert windows.machine.boot_us == NOON_US - 86_400 * SECOND_US
