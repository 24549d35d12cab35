"""A conversation: one probe on one connection, from its start frame to its end.

It knows the protocol and nothing of what carries it: an SSH channel (``link``) and a pipe
(``local``) both hand it bytes and take bytes from it. Frames are decoded and handed to the sink
right in the transport's callback: no stream, no queue and no task switch for each of them.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any, Protocol

from whotop.clock import Clock
from whotop.collect.last_words import LastWords, why_not_started
from whotop.collect.pieces import TOGETHER, Pieces
from whotop.collect.questions import Questions
from whotop.collect.sink import Sink
from whotop.collect.starts import PYTHON, Encoder, ProbeStart
from whotop.errors import MachineError, ProbeError, UnreachableError, WireError
from whotop.text import safe
from whotop.wire.frames import FrameEncoder, up_decoder
from whotop.wire.limits import Quota, Share
from whotop.wire.messages import (
    Acknowledge,
    Answer,
    Figures,
    Goodbye,
    Hello,
    Message,
    Origins,
    Read,
    Records,
    Sessions,
    Start,
    Stop,
)

COMPLAINT_BYTES = 4096
"""How much of the end of standard error is kept, to say why the probe died."""
SMALL_BYTES = 2_048
MOST_SECONDS_PER_BYTE = 1e-6
"""Of handing on. To ask how much time was really taken costs 6 µs by itself, and most messages are small."""

log = logging.getLogger(__name__)


class Channel(Protocol):
    """What carries a conversation."""

    def write(self, data: bytes) -> None:
        """Send to the probe's standard input."""
        ...

    def pause_reading(self) -> None:
        """Let the far end wait."""
        ...

    def resume_reading(self) -> None:
        """Read on."""
        ...

    def abort(self) -> None:
        """End the connection at once."""
        ...


class Conversation:
    """One probe's life. ``greeted`` is done at its hello, ``ended`` holds why it is over."""

    def __init__(
        self,
        machine: str,
        sink: Sink,
        clock: Clock,
        quota: Quota,
        share: Share,
        *,
        interval_seconds: float = 5.0,
        tick_ms: int = 250,
        history_bytes: int = 7_680_000,
    ) -> None:
        self._machine, self._sink, self._clock, self._quota = machine, sink, clock, quota
        self._share = share
        self._interval_ms, self._tick_ms = round(interval_seconds * 1000), tick_ms
        self._history_bytes = history_bytes
        self._loop = asyncio.get_running_loop()
        self.greeted: asyncio.Future[None] = self._loop.create_future()
        self.ended: asyncio.Future[MachineError] = self._loop.create_future()
        self._nonce = secrets.token_hex(16)
        self._decoder = up_decoder(self._nonce)
        self._encoder: Encoder = FrameEncoder()
        self._channel: Channel | None = None
        self._counted_bytes = self._owed_bytes = 0
        self._owed_seconds = 0.0
        self._resume: asyncio.TimerHandle | None = None
        self._asked: tuple[str, ...] | None = ()
        self._pieces = Pieces()
        self._questions = Questions(self._send)
        self._noise = self._complaint = b""
        self._exit_status: int | None = None
        self._goodbye: Goodbye | None = None
        self._handlers: dict[type[Message], Callable[[str, Any, int], None]] = {
            Hello: self._hello,
            Origins: self._origins,
            Figures: sink.figures,
            Sessions: sink.sessions,
            Records: self._records,
            Answer: self._answer,
            Goodbye: self._said_goodbye,
        }

    # --- down ------------------------------------------------------------------------------------

    def begin(self, channel: Channel, how: ProbeStart = PYTHON) -> None:
        """Send the probe's source to the loader that waits for it, and the start frame behind it."""
        self._channel, self._encoder = channel, how.encoder()
        if isinstance(self._encoder, FrameEncoder):
            self._pieces.together = TOGETHER
        recipient = how.recipient(self._nonce)
        self._decoder = up_decoder(self._nonce, recipient)
        start = Start(
            nonce=self._nonce,
            interval_ms=self._interval_ms,
            tick_ms=self._tick_ms,
            cursors=dict(self._sink.cursors(self._machine)),
            history_bytes=self._history_bytes,
        )
        asked = start if recipient is None else recipient.asked(start)
        channel.write(how.opening() + self._encoder.encode(asked))

    def acknowledge(self, origin: str, offset: int) -> None:
        """Tell the probe, when it is time, that all of ``origin`` up to ``offset`` is in the store.

        Before its hello that is of the connection before, and there is nothing to seal it with.
        """
        if self.greeted.done() and self._pieces.is_to_tell(origin, offset):
            self._send(Acknowledge(origin=origin, offset=offset))

    def ask_for_records(self) -> None:
        """Ask for those that the sink wants now. Whoever wants no history wants one reading alone, and no records."""
        origins = self._sink.wanted(self._machine) if self._history_bytes else ()
        if self.greeted.done() and origins != self._asked:
            self._asked = origins
            self._send(Read(origins=origins))

    def stop(self) -> None:
        """Tell the probe that we leave."""
        self._send(Stop())

    async def processes(self, pid: int, timeout_seconds: float) -> Answer:
        """Ask for the processes that descend from ``pid``.

        Raises UnreachableError when the connection ends before the answer, or none comes in time.
        """
        if not self.greeted.done() or self.ended.done():
            raise UnreachableError("the machine is not connected")
        return await self._questions.processes(pid, timeout_seconds)

    def _send(self, message: Message) -> None:
        if self._channel is not None and not self.ended.done():
            self._channel.write(self._encoder.encode(message))

    # --- up --------------------------------------------------------------------------------------

    def output(self, data: bytes) -> None:
        """Take what the probe wrote to its standard output."""
        if self.ended.done():
            return
        try:
            if not self._decoder.is_started:
                self._noise = data[-COMPLAINT_BYTES:]
            messages = self._decoder.feed(data)
            size_bytes = self._decoder.opened_bytes - self._counted_bytes
            self._counted_bytes += size_bytes
            self._charge(size_bytes, self._hand_on_timed(messages, size_bytes))
        except WireError as breach:
            self.end(breach)
        except Exception as error:
            # The sink is our own code: a fault in it ends this link, is logged, and spares the rest.
            log.exception("%s: a message could not be handled", self._machine)
            self.end(ProbeError(f"whotop could not handle its message: {safe(repr(error), 120)}"))

    def _hand_on_timed(self, messages: list[Any], size_bytes: int) -> float:
        """Hand them on; how many seconds of a processor that took, or of a few small ones may have taken at most."""
        if size_bytes <= SMALL_BYTES:
            self._hand_on(messages)
            return size_bytes * MOST_SECONDS_PER_BYTE
        began = time.thread_time()
        self._hand_on(messages)
        return time.thread_time() - began

    def _hand_on(self, messages: list[Any]) -> None:
        now_us = self._clock.now_us()
        for message in messages:
            self._handlers[type(message)](self._machine, message, now_us)

    def _charge(self, size_bytes: int, spent_seconds: float) -> None:
        """Take it from what the machine may send and cost; a few small messages are charged together."""
        self._owed_bytes += size_bytes
        self._owed_seconds += spent_seconds
        if self._owed_bytes <= SMALL_BYTES:
            return
        now = self._clock.monotonic()
        pause_seconds = max(self._quota.charge(self._owed_bytes, now), self._share.charge(self._owed_seconds, now))
        self._owed_bytes, self._owed_seconds = 0, 0.0
        if pause_seconds and self._channel is not None and self._resume is None:
            self._channel.pause_reading()
            self._resume = self._loop.call_later(pause_seconds, self._read_on)

    def _read_on(self) -> None:
        self._resume = None
        if self._channel is not None and not self.ended.done():
            self._channel.resume_reading()

    def _hello(self, machine: str, hello: Hello, received_us: int) -> None:
        self._noise = b""
        seals = self._decoder.seals
        if seals is not None and seals.down is not None and isinstance(self._encoder, FrameEncoder):
            self._encoder.seal_with(seals.down)
        self._sink.hello(machine, hello, received_us, sealed=seals is not None)
        if not self.greeted.done():
            self.greeted.set_result(None)
        self.ask_for_records()

    def _origins(self, machine: str, origins: Origins, received_us: int) -> None:
        self._sink.origins(machine, origins, received_us)
        self._asked = None  # What it could not read it has left: it is asked anew, for the same too.
        self.ask_for_records()

    def _records(self, machine: str, records: Records, received_us: int) -> None:
        if not records.context:
            self._pieces.came(records.origin, records.cursor.offset)
        self._sink.records(machine, records, received_us)

    def _answer(self, _machine: str, answer: Answer, _received_us: int) -> None:
        self._questions.answered(answer)

    def _said_goodbye(self, machine: str, goodbye: Goodbye, received_us: int) -> None:
        self._goodbye = goodbye
        self._sink.goodbye(machine, goodbye, received_us)

    # --- the end ---------------------------------------------------------------------------------

    def complaint(self, data: bytes) -> None:
        """Take what the probe wrote to its standard error; it counts as all that it sends."""
        if self.ended.done():
            return
        self._complaint = (self._complaint + data)[-COMPLAINT_BYTES:]
        try:
            self._charge(len(data), 0.0)
        except WireError as breach:
            self.end(breach)

    def exited(self, status: int) -> None:
        """Take the probe's exit status."""
        self._exit_status = status

    def closed(self, error: MachineError | None) -> None:
        """Take the end of what carried us; ``error`` says why, if it was not the far end's wish."""
        self.end(self._explanation(error))

    def end(self, reason: MachineError) -> None:
        """Be over, for this reason; only the first counts."""
        if self.ended.done():
            return
        self.ended.set_result(reason)
        if self._resume is not None:
            self._resume.cancel()
        self._questions.end()
        if self._channel is not None:
            self._channel.abort()

    @property
    def last_words(self) -> LastWords:
        """What the probe left behind."""
        return LastWords(self._exit_status, self._complaint, self._noise)

    def _explanation(self, error: MachineError | None) -> MachineError:
        words = self.last_words
        if self._goodbye is not None:
            return ProbeError(f"the probe ended: {safe(self._goodbye.reason) or 'without a reason'}")
        if error is not None and words.status is None and not words.line:
            return error
        if self.greeted.done() and words.status is None and not words.line:
            where = " in the middle of a frame" if self._decoder.is_within_a_frame else ""
            return ProbeError(f"the probe's output ended{where}, without a goodbye")
        if self.greeted.done():
            return ProbeError(f"the probe died: {words.line or f'status {words.status}'}")
        return why_not_started(words)
