"""A simulated machine's end of the protocol: what a real probe would say, over a real SSH channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from whotop import probe
from whotop.clock import SECOND_US, Clock
from whotop.demo.machine import CPUS, TICKS, SimulatedMachine
from whotop.demo.record_stream import RecordStream
from whotop.demo.records import meminfo, stat_line
from whotop.wire.frames import FrameEncoder, down_decoder, preamble
from whotop.wire.messages import (
    Acknowledge,
    Answer,
    Figures,
    FileSystem,
    Goodbye,
    Hello,
    LogindSession,
    Message,
    OriginReport,
    ProcessReport,
    Read,
    Request,
    Sessions,
    Start,
    Stop,
    Terminal,
)
from whotop.wire.sealing import answered

GIB = 1024**3
PATHS = {
    "logind": b"/run/systemd/sessions",
    "utmp": b"/run/utmp",
    "wtmp": b"/var/log/wtmp",
    "btmp": b"/var/log/btmp",
}
MEMORY_KIB = 16 * 1024**2


class Conversation:
    """One connection to one simulated machine. ``write`` sends bytes to whoever is connected."""

    def __init__(self, machine: SimulatedMachine, clock: Clock, write: Callable[[bytes], None]) -> None:
        self._machine, self._clock, self._write = machine, clock, write
        self._decoder = down_decoder()
        self._encoder = FrameEncoder()
        self._start: Start | None = None
        self._sent_sessions = -1
        self._streams: dict[str, RecordStream] = {}
        """By origin."""
        self._reads: tuple[str, ...] = ()
        """Origins of records that it was asked for."""
        self._next_figures_us = 0
        self.is_over = False

    def receive(self, data: bytes) -> None:
        """Take in what came after the probe's source."""
        for message in self._decoder.feed(data):
            match message:
                case Start():
                    self._begin(message)
                case Read():
                    self._reads = message.origins
                    self.tick()
                case Acknowledge():
                    self._streams[message.origin].acknowledge(message.offset)
                case Request():
                    self._answer(message)
                case Stop():
                    self._send(Goodbye(reason=b"stopped"))
                    self.is_over = True

    def tick(self) -> None:
        """Send what has changed and what is due."""
        if self._start is None or self.is_over:
            return
        now_us = self._clock.now_us()
        if self._sent_sessions != self._machine.sessions_version:
            self._sent_sessions = self._machine.sessions_version
            self._send_sessions(now_us)
        if now_us >= self._next_figures_us:
            self._next_figures_us = now_us + self._start.interval_ms * 1000
            self._send_figures(now_us)
        self._send_records()

    def _send(self, message: Message) -> None:
        self._write(self._encoder.encode(message))

    def _begin(self, start: Start) -> None:
        self._start = start
        self._streams = {
            origin: RecordStream(origin, data, start.cursors.get(origin), start.history_bytes)
            for origin, data in self._machine.record_files.items()
        }
        self._write(self._preamble(start))
        self._send(self._hello())
        self.tick()

    def _preamble(self, start: Start) -> bytes:
        if start.seal is None:
            return preamble(start.nonce)
        enc, seals = answered(start.seal, start.nonce, probe.source_digest())
        self._encoder.seal_with(seals.up)
        self._decoder.open_with(seals.down)
        return preamble(start.nonce, enc)

    def _hello(self) -> Hello:
        machine = self._machine
        return Hello(
            version=1,
            probe="demo",
            interpreter="simulated",
            clock_us=machine.clock_us(self._clock.now_us()),
            boot_id=machine.boot_id.encode(),
            boot_us=machine.clock_us(machine.boot_us),
            hostname=machine.name.encode(),
            kernel=machine.character.kernel.encode(),
            architecture=b"x86_64",
            os_release=f'PRETTY_NAME="{machine.character.system}"\n'.encode(),
            cpu_count=CPUS,
            clock_ticks=TICKS,
            uid=1000,
            ancestors=(),
            origins=tuple(self._origins()),
        )

    def _origins(self) -> Iterator[OriginReport]:
        """What is there; all that is, is in use."""
        machine = self._machine
        character = machine.character
        now_us = machine.clock_us(self._clock.now_us())
        for name, path in PATHS.items():
            there = character.keeps == name or name in machine.record_files
            state = "readable" if there else "absent"
            if name == "btmp" and there and not character.tells_failures:
                state = "unreadable"
            yield OriginReport(
                name=name, path=path, state=state, group=b"utmp" if name == "btmp" else b"", changed_us=now_us
            )

    def _terminals(self) -> tuple[Terminal, ...]:
        machine = self._machine
        return tuple(
            Terminal(name=stay.line.encode(), accessed_us=machine.clock_us(stay.last_input_us), uid=1000)
            for stay in machine.stays
        )

    def _send_sessions(self, now_us: int) -> None:
        machine = self._machine
        keeps = machine.character.keeps
        logind = tuple(LogindSession(id=name.encode(), data=data) for name, data in machine.logind_files())
        self._send(
            Sessions(
                clock_us=machine.clock_us(now_us),
                boot_id=machine.boot_id.encode(),
                logind=logind if keeps == "logind" else None,
                utmp=machine.utmp() if keeps == "utmp" else None,
                terminals=self._terminals(),
            )
        )

    def _send_figures(self, now_us: int) -> None:
        machine, character = self._machine, self._machine.character
        load = machine.cpu_percent * CPUS / 100
        size = 100 * GIB
        free = round(size * (1 - character.disk_percent / 100))
        self._send(
            Figures(
                clock_us=machine.clock_us(now_us),
                stat=stat_line(machine.busy_ticks, machine.idle_ticks),
                meminfo=meminfo(MEMORY_KIB, character.memory_percent + len(machine.stays), 2 * 1024**2, 3.0),
                loadavg=b"%.2f %.2f %.2f 1/210 %d\n" % (load, load * 0.95, load * 0.9, 4000),
                uptime=b"%.2f 0.00\n" % ((now_us - machine.boot_us) / SECOND_US),
                disks=(FileSystem(mount=b"/", size=size, free=free, available=free),),
                terminals=self._terminals(),
            )
        )

    def _send_records(self) -> None:
        clock_us = self._machine.clock_us(self._clock.now_us())
        for origin in self._reads:
            for records in self._streams[origin].due(clock_us) if origin in self._streams else ():
                self._send(records)

    def _answer(self, request: Request) -> None:
        now_us = self._clock.now_us()
        stay = next((stay for stay in self._machine.stays if request.pid in (stay.pid, stay.pid - 1)), None)
        uptime = (now_us - self._machine.boot_us) / SECOND_US
        reports = () if stay is None else _processes_of(stay.pid, (stay.login_us - self._machine.boot_us) / SECOND_US)
        clock_us = self._machine.clock_us(now_us)
        self._send(Answer(id=request.id, processes=reports, uptime=b"%.2f 0.00" % uptime, clock_us=clock_us))


def _processes_of(pid: int, started_seconds: float) -> tuple[ProcessReport, ...]:
    """A login shell and an editor in it (fields of /proc/PID/stat: proc(5))."""
    ticks = round(started_seconds * TICKS)
    stat = b"%d (%b) S %d %d %d 34816 %d 0 0 0 0 0 12 3 0 0 20 0 1 0 %d 0 0 0"
    return (
        ProcessReport(stat=stat % (pid, b"bash", pid - 1, pid, pid, pid + 1, ticks), cmdline=b"-bash\0"),
        ProcessReport(
            stat=stat % (pid + 1, b"vim", pid, pid + 1, pid, pid + 1, ticks + 900),
            cmdline=b"vim\0/etc/hosts\0",
        ),
    )
