"""Everything that reads bytes somebody else wrote, each as one function of bytes: what fuzzing is tried on.

A target may raise the errors that it names in ``whotop.errors`` and no others; it gives what it understood.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from tests.monitor.machine_talk import NOON_US
from tests.monitor.trial import Trial
from whotop.analyse.report_files import report_files
from whotop.clock import SECOND_US, ManualClock
from whotop.errors import InputError, WireError
from whotop.model import Origin
from whotop.parse import (
    event_table,
    journal,
    last_text,
    lastlog,
    loginctl_text,
    logind,
    os_release,
    proc,
    proc_sessions,
    processes,
    utmp,
    utx,
    who_text,
    wtmpdb,
    wts,
    zone,
)
from whotop.parse.auth_log import AuthLog
from whotop.parse.journal_export import JournalExport
from whotop.parse.log_line import LogLine
from whotop.parse.login_log import LoginLog
from whotop.parse.utmp_erased import ErasedRecords
from whotop.parse.windows_events import WindowsEvents
from whotop.parse.windows_export import exported_events
from whotop.wire import limits
from whotop.wire.frames import FrameDecoder, FrameEncoder, down_decoder, preamble, up_decoder
from whotop.wire.lines import LineEncoder
from whotop.wire.messages import (
    Acknowledge,
    Cursor,
    Down,
    Figures,
    FileIdentity,
    Goodbye,
    Hello,
    Message,
    Origins,
    Read,
    Records,
    Request,
    Sessions,
    Start,
    Stop,
    Up,
)
from whotop.wire.sealing import Recipient, answered

MACHINE = "web-01"
NONCE = "0123456789abcdef" * 2
DIGEST = b"\x11" * 32
ZONE = timezone(timedelta(hours=2))


class Target(NamedTuple):
    """One of them."""

    name: str
    read: Callable[[bytes], Iterable[object]]


# --- records and tables --------------------------------------------------------------------------


def read_utmp(data: bytes) -> Iterator[object]:
    """The same bytes as every kind of glibc's records."""
    yield utmp.events(data, MACHINE, Origin.WTMP)
    yield utmp.events(data, MACHINE, Origin.BTMP)
    yield utmp.live_reports(data, MACHINE, {"pts/0", "pts/1"})
    yield ErasedRecords().count(data)


def read_utx(data: bytes) -> Iterator[object]:
    """FreeBSD's."""
    yield utx.is_log(data), utx.is_active(data)
    yield utx.events(data, MACHINE)
    yield utx.live_reports(data, MACHINE)


def read_wtmpdb(data: bytes) -> Iterator[object]:
    """Rows as lines of JSON."""
    yield wtmpdb.events(data, MACHINE)


def read_lastlog(data: bytes) -> Iterator[object]:
    """Last logins as lines of JSON."""
    yield lastlog.events(data, MACHINE)


def read_event_table(data: bytes) -> Iterator[object]:
    """CSV."""
    try:
        yield event_table.parse_event_table(data, file="table.csv", zone=ZONE).events
    except InputError as error:
        yield str(error)


def read_record_file(data: bytes) -> Iterator[object]:
    """Whatever is named on the command line: detection, compressed copies, databases, Windows' own files."""
    with TemporaryDirectory() as folder:
        for name in ("records", "lastb.txt"):
            path = Path(folder) / name
            path.write_bytes(data)
            try:
                yield report_files([path], zone=ZONE, clock=ManualClock(NOON_US))
            except InputError as error:
                yield str(error)


# --- logs ----------------------------------------------------------------------------------------


def read_auth_log(data: bytes) -> Iterator[object]:
    """A text log, cut where its first byte says."""
    log = AuthLog(ZONE)
    lines = [line for piece in _cut(data) for line in log.lines(piece, NOON_US)] + log.finish()
    return _understood(lines, Origin.AUTH_LOG)


def read_messages(data: bytes) -> Iterator[object]:
    """Lines of ``PROGRAM: MESSAGE``, a second apart: what sshd, PAM, login, logind and dropbear say."""
    lines = [
        LogLine(time_us=NOON_US + number * SECOND_US, program=program, message=message, pid=1 + number % 3)
        for number, line in enumerate(data.split(b"\n"))
        for program, _, message in [line.partition(b": ")]
    ]
    return _understood(lines, Origin.AUTH_LOG)


def read_journal(data: bytes) -> Iterator[object]:
    """Entries as lines of JSON."""
    return _understood(journal.lines(data.split(b"\n")), Origin.JOURNAL)


def read_journal_export(data: bytes) -> Iterator[object]:
    """Entries in the export format, cut where the first byte says."""
    export = JournalExport()
    lines = [line for piece in _cut(data) for line in export.lines(piece)] + export.finish()
    return _understood(lines, Origin.JOURNAL)


def _understood(lines: list[LogLine], origin: Origin) -> Iterator[object]:
    log = LoginLog(MACHINE, origin)
    yield log.events(lines)
    yield log.unsettled_since_us
    yield log.settle(NOON_US + 86_400 * SECOND_US)
    yield log.finish()


def _cut(data: bytes) -> list[bytes]:
    place = data[0] % 64 + 1 if data else 1
    return [data[:place], data[place : 3 * place], data[3 * place :]]


# --- Windows -------------------------------------------------------------------------------------


def read_windows_export(data: bytes) -> Iterator[object]:
    """XML or JSON, of whatever program."""
    yield list(WindowsEvents().events(exported_events(data)))


def read_windows_lines(data: bytes) -> Iterator[object]:
    """What the probe sends."""
    yield WindowsEvents(MACHINE).lines(data)


def read_wts(data: bytes) -> Iterator[object]:
    """The tables of sessions."""
    yield wts.login_reports(data, MACHINE)


# --- texts and small files -----------------------------------------------------------------------


def read_last(data: bytes) -> Iterator[object]:
    """Output of ``last`` and ``lastb``."""
    for origin in (Origin.WTMP, Origin.BTMP):
        yield last_text.events(data, MACHINE, NOON_US, ZONE, origin=origin)


def read_who(data: bytes) -> Iterator[object]:
    """Output of ``who``."""
    yield who_text.live_reports(data, MACHINE, NOON_US, ZONE)


def read_loginctl(data: bytes) -> Iterator[object]:
    """Output of ``loginctl``."""
    yield loginctl_text.live_reports(data, MACHINE, NOON_US, ZONE)


def read_logind(data: bytes) -> Iterator[object]:
    """A session file behind a line with its id."""
    session_id, _, file = data.partition(b"\n")
    yield logind.login(session_id, file, MACHINE, tty_nr=len(session_id) << 8)


def read_processes(data: bytes) -> Iterator[object]:
    """Up to five lines: stat, arguments, user, address, uptime."""
    stat, title, user, address, uptime = [*data.split(b"\n", 4), b"", b"", b"", b""][:5]
    yield proc_sessions.login(stat, title, MACHINE, started_us=NOON_US, uid=len(title), user_name=user, address=address)
    yield processes.process(stat, title, clock_us=NOON_US, uptime=uptime, clock_ticks=100)


def read_figures(data: bytes) -> Iterator[object]:
    """Two readings, their files parted by NUL, of each kind of system."""
    parts = [*data.split(b"\0"), *[b""] * 10]
    older, newer = (
        Figures(clock_us=NOON_US, stat=stat, meminfo=memory, loadavg=load, uptime=uptime, network=network)
        for stat, memory, load, uptime, network in (parts[:5], parts[5:10])
    )
    for pair in (
        (older, newer),
        (Figures(clock_us=NOON_US, sysctl=parts[0]), Figures(clock_us=NOON_US, sysctl=parts[1])),
        (Figures(clock_us=NOON_US, windows=parts[0]), Figures(clock_us=NOON_US, windows=parts[1])),
    ):
        before = proc.reading(pair[0], None)
        yield proc.sample(MACHINE, before, proc.reading(pair[1], before), NOON_US, cpu_count=2)


def read_names(data: bytes) -> Iterator[object]:
    """os-release, and the time zone that a machine tells."""
    yield os_release.system_name(data)
    yield zone.zone_of(data).utcoffset(None) is not None


# --- the wire ------------------------------------------------------------------------------------


def read_up(data: bytes) -> Iterator[object]:
    """A stream from a machine, its preamble and hello included."""
    yield _fed(up_decoder(NONCE), _cut(data))
    yield _fed(up_decoder(NONCE), [preamble(NONCE), data])


def read_up_sealed(data: bytes) -> Iterator[object]:
    """The same where frames must be sealed."""
    recipient = Recipient(NONCE, DIGEST)
    enc, _ = answered(recipient.offer, NONCE, DIGEST)
    yield _fed(up_decoder(NONCE, recipient), [preamble(NONCE, enc), data])
    yield _fed(up_decoder(NONCE, Recipient(NONCE, DIGEST)), _cut(data))


def read_down(data: bytes) -> Iterator[object]:
    """A stream from whotop, as simulated machines read it."""
    yield _fed(down_decoder(), _cut(data))


def _fed(decoder: FrameDecoder[Up] | FrameDecoder[Down], pieces: Iterable[bytes]) -> tuple[Sequence[Message], str]:
    messages: list[Message] = []
    try:
        for piece in pieces:
            messages += decoder.feed(piece)
    except WireError as error:
        return messages, str(error)
    finally:
        assert decoder.opened_bytes <= (len(messages) + 1) * limits.OPENED_BYTES
    return messages, ""


def read_lines_down(data: bytes) -> Iterator[object]:
    """Answers to a shell that are made of what a machine said: each line is what it was meant to be."""
    origin, _, mark = data[:256].partition(b"\0")
    name = origin.decode("utf-8", "replace")[:64]
    cursor = Cursor(file=FileIdentity(device=1, inode=2, head=mark), offset=3, tail=mark, mark=mark)
    for message in (Read(origins=(name, name)), Start(nonce=NONCE, cursors={name: cursor}), Stop()):
        yield _words(LineEncoder().encode(message))
    yield _words(LineEncoder().encode(Request(id=1, kind="processes", pid=len(data))))


_WORDS_OF_LINES = {"cursor": 8, "start": 6, "request": 4, "stop": 1, "acknowledge": 3}


def _words(lines: bytes) -> list[list[str]]:
    assert lines.endswith(b"\n")
    words = [line.split(" ") for line in lines.decode("ascii").splitlines()]
    assert {line[0] for line in words} <= _WORDS_OF_LINES.keys() | {"read"}
    assert all(len(line) == _WORDS_OF_LINES[line[0]] for line in words if line[0] != "read")
    return words


_PAYLOAD = msgspec.json.Decoder(Up)


def read_machine(data: bytes) -> Iterator[object]:
    """Lines of JSON, each the payload of a frame: all that a machine can say to a whotop that watches it."""
    return iter(asyncio.run(_watched(data)))


async def _watched(data: bytes) -> list[object]:
    trial = Trial()
    trial.watch()
    encoder, decoder = FrameEncoder(), up_decoder(NONCE)
    decoder.feed(preamble(NONCE))
    for number, payload in enumerate(data.split(b"\n")):
        try:
            message = _PAYLOAD.decode(payload)
            for passed in decoder.feed(encoder.encode(message)):
                _take_in(trial, passed, trial.at(number))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, WireError):
            break
        trial.let_pass(number + 0.5)
    fleet = trial.fleet
    trial.writer.commit()
    for _, origin, offset in trial.acknowledged:
        _words(LineEncoder().encode(Acknowledge(origin=origin, offset=offset)))
    shown = (fleet.machines, fleet.sessions, fleet.events, fleet.alerts, fleet.samples)
    return [*(one for part in shown for one in part.values()), *trial.writer.rows]


def _take_in(trial: Trial, message: Up, now_us: int) -> None:
    intake = trial.intake
    match message:
        case Hello():
            intake.hello(trial.name, message, now_us)
        case Figures():
            intake.figures(trial.name, message, now_us)
        case Sessions():
            intake.sessions(trial.name, message, now_us)
        case Records():
            intake.records(trial.name, message, now_us)
        case Origins():
            intake.origins(trial.name, message, now_us)
        case Goodbye():
            intake.goodbye(trial.name, message, now_us)


TARGETS = tuple(
    Target(read.__name__.removeprefix("read_"), read)
    for read in (
        read_utmp,
        read_utx,
        read_wtmpdb,
        read_lastlog,
        read_event_table,
        read_record_file,
        read_auth_log,
        read_messages,
        read_journal,
        read_journal_export,
        read_windows_export,
        read_windows_lines,
        read_wts,
        read_last,
        read_who,
        read_loginctl,
        read_logind,
        read_processes,
        read_figures,
        read_names,
        read_up,
        read_up_sealed,
        read_down,
        read_lines_down,
        read_machine,
    )
)
