"""A machine may say anything under any name, through every origin: what leaves the intake is safe text."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import Trial
from whotop.clock import SECOND_US
from whotop.core.report import report_of_fleet
from whotop.demo.records import LOGIN_PROCESS, USER_PROCESS, UTMP
from whotop.model import Origin, RawText
from whotop.render.formats import Format
from whotop.render.rendering import render
from whotop.wire.messages import (
    Cursor,
    FileIdentity,
    Goodbye,
    Hello,
    LogindSession,
    OriginReport,
    Origins,
    ProcessSession,
    Records,
    Sessions,
    Terminal,
)

EVILS = {
    "escape": b"a\x1b[2J\x1b]0;pwned\x07b",
    "c1 as it stands": b"a\x9b31mb\x90",
    "c1 in utf-8": "a\x9b31mb\x90".encode(),
    "right to left": "abc\u202egnp.exe\u2066".encode(),
    "zero width": "ro\u200bot\ufeff\U000e0041".encode(),
    "surrogate": b"ro\xed\xa0\x80ot",
    "line ends": "a\rb\u2028c\u2029d\x0b\x0c\x85".encode(),
    "markup": b"[/][@click=app.quit]x[/]\\[",
    "formula": b"=cmd|'/C calc'!A0",
    "shell": b"$(reboot)`id`;|&>",
    "path": b"../../../etc/passwd",
    "long": b"\x1b" * 200 + "\u0301".encode() * 50,
}
ZONE = b"UTC +0000"


def hello(talk: Talk, evil: bytes) -> Hello:
    return msgspec.structs.replace(
        talk.hello(0),
        interpreter=evil.decode("utf-8", "replace")[:64],
        hostname=evil,
        kernel=evil,
        os_release=b'PRETTY_NAME="' + evil + b'"\n',
        boot_id=evil,
        zone=ZONE,
        origins=(origin(evil, "wtmp"), origin(evil, evil.decode("utf-8", "replace")[:64])),
    )


def origin(evil: bytes, name: str) -> OriginReport:
    return OriginReport(name=name, path=evil, state="unreadable", group=evil)


def record(kind: int, evil: bytes) -> bytes:
    at_s = NOON_US // SECOND_US
    return UTMP.pack(kind, 500, evil[:32], b"", evil[:32], evil[:256], 0, 0, 0, at_s, 0, b"", b"")


def of_journal(evil: bytes) -> bytes:
    fields = {
        "__REALTIME_TIMESTAMP": str(NOON_US),
        "SYSLOG_IDENTIFIER": "sshd",
        "_UID": "0",
        "_PID": "900",
        "MESSAGE": list(b"Failed password for invalid user " + evil + b" from " + evil + b" port 22 ssh2"),
        "_HOSTNAME": list(evil),
    }
    return json.dumps(fields).encode() + b"\n"


def of_auth_log(evil: bytes) -> bytes:
    begun = b"2025-11-21T12:00:00.000000+00:00 " + evil.replace(b" ", b"") + b" sshd[900]: "
    plain = b"2025-11-21T12:00:00.000000+00:00 web-01 sshd[901]: "
    failed = b"Failed password for invalid user " + evil + b" from 10.0.0.9 port 22 ssh2\n"
    return begun + failed + plain + failed


def of_windows(evil: bytes) -> bytes:
    text = evil.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()
    data = {"TargetUserName": text, "LogonType": "10", "IpAddress": text, "TargetLogonId": "0x1",
            "TargetUserSid": "S-1-5-21-1-1", "TargetDomainName": text, "ProcessName": text}  # fmt: skip
    event = {"id": 4624, "record": 1, "time": f"/Date({NOON_US // 1000})/", "computer": text, "data": data,
             "provider": "Microsoft-Windows-Security-Auditing", "channel": "Security"}  # fmt: skip
    return json.dumps(event).encode() + b"\n"


def of_table(*values: object) -> bytes:
    return json.dumps(values).encode() + b"\n"


def records_of(evil: bytes) -> dict[Origin, bytes]:
    text = evil.decode("utf-8", "backslashreplace")
    return {
        Origin.WTMP: record(USER_PROCESS, evil),
        Origin.BTMP: record(LOGIN_PROCESS, evil),
        Origin.WTMPDB: of_table(1, 3, text, NOON_US, None, text, text, text),
        Origin.LASTLOG: of_table(text, NOON_US // SECOND_US, text, text, text),
        Origin.AUTH_LOG: of_auth_log(evil),
        Origin.JOURNAL: of_journal(evil),
        Origin.EVENT_LOG: of_windows(evil),
    }


def lists_of(evil: bytes) -> dict[str, Sessions]:
    line = evil.replace(b"\n", b"")
    logind = b"USER=%b\nACTIVE=1\nTTY=%b\nREMOTE_HOST=%b\nSERVICE=%b\nLEADER=77\nREALTIME=%d\n"
    text = evil.decode("utf-8", "backslashreplace")
    rows = [{"id": 2, "state": 0, "name": text, "user": text, "client": text, "logon": 134_000_000_000_000_000}]
    stat = b"77 (%b) S 1 77 77 34816 77 0 0 0 0 0 0 0 0 0 20 0 1 0 100" % evil[:15]
    one: dict[str, dict[str, object]] = {
        "logind": {"logind": (LogindSession(id=evil, data=logind % (line, line, line, line, NOON_US)),)},
        "utmp": {"utmp": record(USER_PROCESS, evil), "terminals": (Terminal(evil[:32], 0, 0),)},
        "proc": {"proc": (ProcessSession(stat=stat, cmdline=evil, user=evil, source=evil, started_us=NOON_US),)},
        "who": {"who": b"%b pts/0 Nov 21 11:55 (%b)\n" % (line.replace(b" ", b""), line)},
        "wts": {"wts": json.dumps({"sessions": rows, "logons": []}).encode()},
    }
    begun = {"clock_us": NOON_US + SECOND_US, "boot_id": evil}
    return {name: msgspec.convert(begun | what, Sessions, strict=False) for name, what in one.items()}


def piece(origin: Origin, data: bytes) -> Records:
    cursor = Cursor(file=FileIdentity(device=1, inode=1, head=b"\x1b"), offset=len(data), tail=b"\x1b")
    return Records(clock_us=NOON_US + SECOND_US, origin=origin.value, data=data, start=0, cursor=cursor)


def texts(value: object) -> Iterator[str]:
    """Every text in a row, but those kept as received and the cursors, which are never shown."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, RawText | Cursor):
        return
    elif isinstance(value, tuple | list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from texts(getattr(value, field))


@pytest.fixture
async def trial() -> Trial:
    trial = Trial()
    trial.watch()
    return trial


def assert_safe(trial: Trial) -> None:
    assert all(text.isprintable() and len(text) <= 1_000 for row in trial.writer.rows for text in texts(row))
    report = report_of_fleet(trial.fleet, made_us=trial.clock.now_us())
    for form in (Format.TEXT, Format.MARKDOWN, Format.CSV, Format.HTML, Format.JSON):
        data = render(report, form)
        assert all(line.isprintable() for line in data.decode("utf-8").replace("\r", "").split("\n"))


@pytest.mark.parametrize("evil", EVILS.values(), ids=EVILS.keys())
async def test_what_a_machine_says_of_itself_is_safe(trial: Trial, evil: bytes) -> None:
    talk = Talk()
    trial.intake.hello(trial.name, hello(talk, evil), trial.at(0))
    trial.intake.figures(trial.name, talk.figures(0), trial.at(0))
    trial.intake.origins(trial.name, Origins(origins=(origin(evil, "btmp"),)), trial.at(1))
    trial.intake.goodbye(trial.name, Goodbye(reason=evil), trial.at(1))
    assert_safe(trial)


@pytest.mark.parametrize("evil", EVILS.values(), ids=EVILS.keys())
@pytest.mark.parametrize("name", ["logind", "utmp", "proc", "who", "wts"])
async def test_what_every_list_of_sessions_tells_is_safe(trial: Trial, name: str, evil: bytes) -> None:
    trial.intake.hello(trial.name, hello(Talk(), evil), trial.at(0))
    trial.intake.figures(trial.name, Talk().figures(0), trial.at(0))
    trial.intake.sessions(trial.name, lists_of(evil)[name], trial.at(1))
    assert_safe(trial)


@pytest.mark.parametrize("evil", EVILS.values(), ids=EVILS.keys())
@pytest.mark.parametrize("origin", records_of(b"").keys(), ids=lambda origin: str(origin.value))
async def test_what_every_origin_of_records_tells_is_safe(trial: Trial, origin: Origin, evil: bytes) -> None:
    trial.intake.hello(trial.name, hello(Talk(), evil), trial.at(0))
    trial.intake.figures(trial.name, Talk().figures(0), trial.at(0))
    trial.intake.records(trial.name, piece(origin, records_of(evil)[origin]), trial.at(1))
    for seconds in (20, 100, 400):
        trial.intake.figures(trial.name, Talk().figures(seconds), trial.at(seconds))
        trial.let_pass(seconds)
    assert_safe(trial)


@pytest.mark.parametrize("origin", records_of(b"").keys(), ids=lambda origin: str(origin.value))
async def test_each_of_these_origins_is_really_understood(trial: Trial, origin: Origin) -> None:
    trial.intake.hello(trial.name, hello(Talk(), b"lane"), trial.at(0))
    trial.intake.figures(trial.name, Talk().figures(0), trial.at(0))
    trial.intake.records(trial.name, piece(origin, records_of(b"lane")[origin]), trial.at(1))
    for seconds in (20, 100, 400):
        trial.intake.figures(trial.name, Talk().figures(seconds), trial.at(seconds))
        trial.let_pass(seconds)
    assert "lane" in {event.user for event in trial.writer.events.values()}


@pytest.mark.parametrize("name", ["logind", "utmp", "proc", "who", "wts"])
async def test_each_of_these_lists_is_really_understood(trial: Trial, name: str) -> None:
    trial.intake.hello(trial.name, hello(Talk(), b"lane"), trial.at(0))
    trial.intake.figures(trial.name, Talk().figures(0), trial.at(0))
    trial.intake.sessions(trial.name, lists_of(b"lane")[name], trial.at(1))
    assert trial.open_users == ["lane"]


@pytest.mark.parametrize("clock_us", [0, 1, 2**53, NOON_US - 10**15], ids=str)
async def test_a_clock_that_cannot_be_true_stands_on_the_machine_and_breaks_nothing(
    trial: Trial, clock_us: int
) -> None:
    talk = Talk()
    trial.intake.hello(
        trial.name, msgspec.structs.replace(talk.hello(0), clock_us=clock_us, boot_us=2**53), trial.at(0)
    )
    trial.intake.figures(trial.name, msgspec.structs.replace(talk.figures(0), clock_us=clock_us), trial.at(0))
    for seconds, listed in enumerate(lists_of(b"lane").values(), 1):
        trial.intake.sessions(trial.name, msgspec.structs.replace(listed, clock_us=clock_us), trial.at(seconds))
    for seconds, (origin, data) in enumerate(records_of(b"lane").items(), 10):
        trial.intake.records(
            trial.name, msgspec.structs.replace(piece(origin, data), clock_us=clock_us), trial.at(seconds)
        )
    trial.let_pass(100)
    assert_safe(trial)
    assert all(event.fleet_time_us <= trial.clock.now_us() for event in trial.writer.events.values())


def corrupt(trial: Trial) -> list[Origin]:
    return [status.origin for status in trial.machine.origins if status.corrupt]


async def test_records_that_make_no_sense_stand_on_the_machine_until_some_do(trial: Trial) -> None:
    found = (OriginReport(name="wtmp", path=b"/var/log/wtmp", state="readable"),)
    greeting = msgspec.structs.replace(Talk().hello(0), origins=found)
    trial.intake.hello(trial.name, greeting, trial.at(0))
    trial.intake.figures(trial.name, Talk().figures(0), trial.at(0))
    trial.intake.records(trial.name, piece(Origin.WTMP, b"\xff" * 3840), trial.at(1))
    assert corrupt(trial) == [Origin.WTMP]
    trial.intake.origins(trial.name, Origins(origins=found), trial.at(2))
    assert corrupt(trial) == [Origin.WTMP]
    trial.intake.records(trial.name, piece(Origin.WTMP, record(USER_PROCESS, b"lane")), trial.at(3))
    assert corrupt(trial) == []
