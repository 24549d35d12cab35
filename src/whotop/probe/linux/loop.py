"""The probe's life: wait for the next tick or for whotop, look, send what changed, and end with it."""

import os
import select
import sys
import time

from whotop.probe.linux.figures import FiguresReader
from whotop.probe.linux.files import base64_text, read_file
from whotop.probe.linux.frames import BrokenProtocol, FrameReader, FrameWriter, write_all
from whotop.probe.linux.hello import VERSION, boot_id, boot_us, hello_message
from whotop.probe.linux.limits import MEMORY_BYTES, TOO_LARGE_STATUS, Limits, TooLarge, be_modest
from whotop.probe.linux.logind import LogindSessions
from whotop.probe.linux.origins import can_be_read, origin_reports
from whotop.probe.linux.process_table import process_reports
from whotop.probe.linux.sealing import BadOffer, Sealing
from whotop.probe.linux.sessions import SessionWatch, utmp_path
from whotop.probe.linux.sources import Sources

READ_BYTES = 65536
PROCESS_BYTES = 460800
SHORTEST_TICK_SECONDS = 0.05
SHORTEST_INTERVAL_SECONDS = 0.5
SECOND_READING_SECONDS = 1.0
"""The second reading follows the first as soon as this, because rates need two."""
ORIGINS_EVERY_SECONDS = 30.0
"""So often it is seen whether something else can be read than before."""


class Farewell(Exception):  # noqa: N818 - it ends the probe as it should
    """Whotop has left, or asks the probe to."""


def whole(message: "dict[str, object]", field: str) -> int:
    """Give a whole number from a message."""
    value = message.get(field)
    if not isinstance(value, int):
        raise BrokenProtocol("no number as " + field)
    return value


def text(message: "dict[str, object]", field: str) -> str:
    """Give a text from a message."""
    value = message.get(field)
    if not isinstance(value, str):
        raise BrokenProtocol("no text as " + field)
    return value


class Probe:
    """One connection's probe, on the file descriptors that it reads and writes."""

    def __init__(self, source: int, sink: int, own_digest: bytes) -> None:
        self._source = source
        self._sink = sink
        self._own_digest = own_digest
        self._parent = os.getppid()
        self._reader = FrameReader()
        self._waiting = []  # type: list[dict[str, object]]
        self._writer = FrameWriter(sink)
        self._figures = FiguresReader(self._writer)
        self._sessions = SessionWatch(self._writer, boot_id(), LogindSessions(), utmp_path())
        self._limits = Limits()
        self._looks = 0
        self._sources = Sources(self._writer)
        self._boot_us = boot_us()
        self._can_be_read = ()  # type: tuple[object, ...]

    def run(self) -> None:
        """Serve until whotop leaves; raises Farewell, BrokenProtocol, or OSError when nobody reads any more."""
        start = self._first_message()
        tick = max(whole(start, "tick_ms") / 1000, SHORTEST_TICK_SECONDS)
        interval = max(whole(start, "interval_ms") / 1000, SHORTEST_INTERVAL_SECONDS)
        self._write_preamble(text(start, "nonce"), start.get("seal"))
        self._sources.begin(start.get("cursors"), whole(start, "history_bytes"))
        self._greet()
        next_tick = next_figures = time.monotonic()
        next_origins = next_tick + ORIGINS_EVERY_SECONDS
        pause = min(interval, SECOND_READING_SECONDS)
        while True:
            now = time.monotonic()
            self._limits.check(now)
            if now >= next_tick:
                self._look()
                next_tick = now + tick * self._limits.pace
            if now >= next_figures:
                self._figures.send(now, self._sessions.consoles)
                next_figures = max(next_figures + pause, now)
                pause = interval
            if now >= next_origins or self._sources.has_lost_one:
                self._sources.has_lost_one = False
                self._tell_origins()
                next_origins = now + ORIGINS_EVERY_SECONDS
            waits = self._sources.send_pieces()
            self._listen(0 if waits else max(min(next_tick, next_figures) - time.monotonic(), 0))

    def _first_message(self) -> "dict[str, object]":
        while not self._waiting:
            self._waiting += self._received()
        start = self._waiting.pop(0)
        if start["type"] != "start" or whole(start, "version") != VERSION:
            raise BrokenProtocol("it does not begin with a start of version %d" % VERSION)
        return start

    def _write_preamble(self, nonce: str, offer: object) -> None:
        """Say that a probe answers; where whotop offers it, all that follows is sealed, up and down."""
        words = ["whotop-probe/%d" % VERSION, nonce]
        if offer is not None:
            sealing = self._sealing(offer, nonce)
            self._writer.seal_with(sealing.up)
            self._reader.open_with(sealing.down)
            words.append(sealing.enc)
        write_all(self._sink, (" ".join(words) + "\n").encode("ascii"))

    def _sealing(self, offer: object, nonce: str) -> Sealing:
        if self._waiting:
            raise BrokenProtocol("a frame that should have been sealed")
        try:
            return Sealing(offer, nonce, self._own_digest)
        except BadOffer as error:
            raise BrokenProtocol(str(error)) from error

    def _greet(self) -> None:
        reports = origin_reports()
        self._can_be_read = can_be_read(reports, self._boot_us)
        self._writer.write(hello_message(reports, self._boot_us))

    def _tell_origins(self) -> None:
        """Say what can be read if that is something else than was said last."""
        reports = origin_reports()
        for report in reports:
            if report["name"] in self._sources.broken:
                report["state"] = "unreadable"
        now = can_be_read(reports, self._boot_us)
        if now != self._can_be_read:
            self._can_be_read = now
            self._writer.write({"type": "origins", "origins": reports})

    def _look(self) -> None:
        """Look for new sessions; every other time, and when there is one, also at the rest.

        A sleeping process finds its caches cold: each place it looks at costs 20 to 50 µs.
        """
        is_thorough = self._looks % 2 == 0
        self._looks += 1
        if is_thorough:
            if os.getppid() != self._parent:
                raise Farewell("its parent has ended")
            self._sessions.look_at_terminals()
        if self._sessions.look() or is_thorough:
            self._sources.look()

    def _listen(self, seconds: float) -> None:
        """Wait for whotop at most so long, and do what it says."""
        if not self._waiting:
            ready = select.select([self._source, *self._sources.handles()], [], [], seconds)[0]
            self._sources.woken(ready)
            if self._source not in ready:
                return
        messages = self._waiting or self._received()
        self._waiting = []
        for message in messages:
            self._obey(message)

    def _received(self) -> "list[dict[str, object]]":
        data = os.read(self._source, READ_BYTES)
        if not data:
            raise Farewell("whotop has left")
        return self._reader.feed(data)

    def _obey(self, message: "dict[str, object]") -> None:
        kind = message["type"]
        if kind == "stop":
            raise Farewell("whotop asked for it")
        if kind == "acknowledge":
            self._sources.acknowledge(text(message, "origin"), whole(message, "offset"))
        elif kind == "read":
            self._sources.read(message.get("origins"))
        elif kind == "request":
            self._answer(whole(message, "id"), text(message, "kind"), whole(message, "pid"))

    def _answer(self, number: int, kind: str, pid: int) -> None:
        answer = {"type": "answer", "id": number}  # type: dict[str, object]
        if kind != "processes":
            answer["error"] = base64_text(b"this probe does not know how")
            self._writer.write(answer)
            return
        answer["uptime"] = base64_text(read_file(b"/proc/uptime", 128).rstrip())
        answer["clock_us"] = int(time.time() * 1000000)
        budget = PROCESS_BYTES
        answer["processes"] = process_reports(pid, budget)
        while not self._writer.write(answer):
            budget //= 2
            answer["processes"] = process_reports(pid, budget)

    def say_goodbye(self, reason: str) -> None:
        """Tell why the probe ends, if anybody still reads."""
        try:
            self._writer.write({"type": "goodbye", "reason": base64_text(reason.encode("utf-8", "replace")[:256])})
        except OSError:
            pass


def run_probe(source: int, sink: int, own_digest: bytes) -> int:
    """Run until whotop leaves; the exit status is 0 unless something was wrong.

    ``own_digest`` is SHA-256 of the probe's text.
    """
    be_modest()
    probe = Probe(source, sink, own_digest)
    try:
        probe.run()
    except (Farewell, KeyboardInterrupt):
        probe.say_goodbye("")
    except BrokenPipeError:
        pass
    except (TooLarge, MemoryError):
        probe.say_goodbye("it needs more than %d MB of memory" % (MEMORY_BYTES // 1048576))
        return TOO_LARGE_STATUS
    except BrokenProtocol as error:
        sys.stderr.write("probe: whotop sent %s\n" % error)
        return 1
    except Exception as error:  # the boundary: whotop shows this one line as the reason
        reason = "%s: %s" % (type(error).__name__, error)
        sys.stderr.write("probe: " + reason + "\n")
        probe.say_goodbye(reason)
        return 1
    return 0
