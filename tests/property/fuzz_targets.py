"""Everything that reads bytes somebody else wrote, each as one function of bytes: what fuzzing is tried on.

A target may raise the errors that it names in ``whotop.errors`` and no others; it gives what it understood.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from tests.monitor.trial import Trial
from tests.property import fuzz_files as files
from tests.property import fuzz_logs as logs
from tests.property import fuzz_wire as wire
from tests.property.fuzz_logs import MACHINE, NOON_US, ZONE
from tests.property.fuzz_wire import NONCE, words
from whotop.analyse.report_files import report_files
from whotop.clock import ManualClock
from whotop.errors import InputError, WireError
from whotop.model import Origin
from whotop.parse import (
    event_table,
    last_text,
    lastlog,
    loginctl_text,
    logind,
    os_release,
    proc,
    proc_sessions,
    processes,
    utmp,
    utmpdump_text,
    utx,
    who_text,
    wtmpdb,
    wts,
    zone,
)
from whotop.parse.event_row import RowReader
from whotop.parse.utmp_erased import ErasedRecords
from whotop.parse.utmp_foreign import FOREIGN_LAYOUTS, file_layout_of
from whotop.parse.windows_events import WindowsEvents
from whotop.parse.windows_export import exported_events
from whotop.wire.frames import FrameEncoder, preamble, up_decoder
from whotop.wire.lines import LineEncoder
from whotop.wire.messages import Acknowledge, Figures, Goodbye, Hello, Origins, Records, Sessions, Up


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


def read_foreign_records(data: bytes) -> Iterator[object]:
    """Records of systems that have no glibc."""
    for layout in FOREIGN_LAYOUTS:
        yield utmp.events(data, MACHINE, Origin.WTMP, layout=layout)
    yield utmp.events(data, MACHINE, Origin.WTMP, layout=file_layout_of(data))


def read_utmpdump(data: bytes) -> Iterator[object]:
    """Records as text."""
    yield utmpdump_text.events(data.split(b"\n"), MACHINE, Origin.WTMP, ZONE)


def read_wtmpdb(data: bytes) -> Iterator[object]:
    """Rows as lines of JSON."""
    yield wtmpdb.events(data, MACHINE)


def read_lastlog(data: bytes) -> Iterator[object]:
    """Last logins as lines of JSON."""
    yield lastlog.events(data, MACHINE)


def read_event_table(data: bytes) -> Iterator[object]:
    """CSV."""
    try:
        yield list(event_table.table_events([data], RowReader("table.csv", ZONE), file="table.csv"))
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


# --- a machine ----------------------------------------------------------------------------------


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
        words(LineEncoder().encode(Acknowledge(origin=origin, offset=offset)))
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
        read_foreign_records,
        read_utmpdump,
        read_wtmpdb,
        read_lastlog,
        read_event_table,
        read_record_file,
        logs.read_auth_log,
        logs.read_messages,
        logs.read_journal,
        logs.read_journal_export,
        logs.read_json_log,
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
        wire.read_up,
        wire.read_up_sealed,
        wire.read_down,
        wire.read_envelope,
        wire.read_lines_down,
        read_machine,
        files.read_settings,
        files.read_older_settings,
        files.read_ini_inventory,
        files.read_yaml_inventory,
        files.read_ssh_config,
        files.read_known_hosts,
        files.read_theme_file,
        files.read_filter,
        files.read_words,
        files.read_event_lines,
        files.read_login_table,
        files.read_login_windows,
        files.read_usage,
        files.read_wtmpdb_file,
        files.read_windows_file,
    )
)
