"""One machine's life: connect, watch until it ends, rest, and again, for as long as it is watched."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from whotop.clock import Clock
from whotop.collect.carriers import Carrier, Link
from whotop.collect.conversation import Conversation
from whotop.collect.last_words import LastWords
from whotop.collect.settings import CollectSettings
from whotop.collect.sink import Sink
from whotop.collect.starts import SHELL, ProbeStart, Starts, is_sudo_refused, nothing_runs, python_note, sudo_note
from whotop.errors import (
    AuthenticationError,
    HostKeyError,
    MachineError,
    ProbeError,
    UnreachableError,
    WhotopError,
    WireError,
)
from whotop.model import Target, Trouble
from whotop.text import safe
from whotop.wire.limits import Quota, Share
from whotop.wire.messages import Answer

STEADY_SECONDS = 30.0
"""A connection that held so long was a good one: the next failure is a first one again."""
ANSWER_SECONDS = 10.0

_TROUBLES = {
    HostKeyError: Trouble.HOST_KEY,
    AuthenticationError: Trouble.AUTHENTICATION,
    ProbeError: Trouble.PROBE,
    WireError: Trouble.PROTOCOL,
}

log = logging.getLogger(__name__)


class MachineWatch:
    """Watches one machine until its task is cancelled; nothing that it does disturbs another."""

    def __init__(
        self,
        target: Target,
        carrier: Carrier,
        sink: Sink,
        clock: Clock,
        settings: CollectSettings,
        random: Callable[[], float],
    ) -> None:
        self.target = target
        self._carrier, self._sink, self._clock = carrier, sink, clock
        self._settings, self._random = settings, random
        self._quota, self._share = Quota(clock.monotonic()), Share(clock.monotonic())
        self._starts = Starts(target)
        self._conversation: Conversation | None = None
        self._again = asyncio.Event()
        self._failures = 0
        self._is_leaving = False

    async def run(self) -> None:
        """Live until ``stop`` or until cancelled."""
        name = self.target.name
        while not self._is_leaving:
            self._again.clear()
            self._sink.connecting(name)
            began = self._clock.monotonic()
            reason = await self._connect_once()
            if self._is_leaving:
                return
            if self._clock.monotonic() - began >= STEADY_SECONDS:
                self._failures = 0
            delay_seconds = self._delay_seconds(reason)
            self._failures += 1
            log.info("%s: %s; again in %.0f s", name, reason, delay_seconds)
            self._sink.lost(name, str(reason), retry_seconds=delay_seconds, trouble=_trouble(reason))
            await self._rest(delay_seconds)

    def acknowledge(self, origin: str, offset: int) -> None:
        """Pass on what is in the store; without a connection its cursor will say so at the next."""
        if self._conversation is not None:
            self._conversation.acknowledge(origin, offset)

    def ask_for_records(self) -> None:
        """Pass on that the sink wants another choice of origins; at the next connection it is asked anyway."""
        if self._conversation is not None:
            self._conversation.ask_for_records()

    async def processes(self, pid: int) -> Answer:
        """Ask the probe for a session's processes. Raises UnreachableError."""
        if self._conversation is None:
            raise UnreachableError("the machine is not connected")
        return await self._conversation.processes(pid, ANSWER_SECONDS)

    def reconnect(self, reason: str) -> None:
        """Drop what there is and connect at once."""
        self._failures = 0
        self._again.set()
        if self._conversation is not None:
            self._conversation.end(UnreachableError(reason))

    def stop(self) -> asyncio.Future[MachineError] | None:
        """Tell the probe that we leave; what is returned is done when it has gone."""
        self._is_leaving = True
        if self._conversation is None or not self._conversation.greeted.done():
            return None
        self._conversation.stop()
        return self._conversation.ended

    async def _connect_once(self) -> MachineError:
        """One connection from beginning to end, and why it ended."""
        try:
            link = await self._carrier.connect()
            try:
                return await self._watch_over(link)
            finally:
                link.close()
        except MachineError as error:
            return error
        except WhotopError as error:
            return ProbeError(str(error))
        except Exception as error:
            # One machine's trouble, even a fault of ours, is that machine's alone.
            log.exception("%s: the connection failed unexpectedly", self.target.name)
            return ProbeError(f"whotop failed: {safe(repr(error), 120)}")

    async def _watch_over(self, link: Link) -> MachineError:
        """Start a probe in one way after the other until one answers, and watch until it ends."""
        start = self._starts.first(link.server_version)
        note = ""
        failures: list[tuple[ProbeStart, MachineError]] = []
        while True:
            self._sink.starting(self.target.name, note, address=link.address, jump=link.jump)
            reason, words = await self._converse(link, start)
            following = None if words is None else self._starts.after(start, words, link.server_version)
            if words is None or following is None:
                return nothing_runs([*failures, (start, reason)]) if failures else reason
            if is_sudo_refused(start, words):
                note = sudo_note(words, link.user)
                log.info("%s: %s", self.target.name, note)
            else:
                failures.append((start, reason))
                if following.name == SHELL.name:
                    note = "; ".join(filter(None, (note, python_note(start, words))))
            start = following

    async def _converse(self, link: Link, start: ProbeStart) -> tuple[MachineError, LastWords | None]:
        """One conversation, why it ended, and its last words if it never began."""
        conversation = self._conversation = Conversation(
            self.target.name,
            self._sink,
            self._clock,
            self._quota,
            self._share,
            interval_seconds=self._settings.interval_seconds or self.target.interval_seconds,
            tick_ms=self._settings.tick_ms,
            history_bytes=self._settings.history_bytes,
        )
        try:
            await self._begin(link, conversation, start)
            either: set[asyncio.Future[Any]] = {conversation.greeted, conversation.ended}
            seconds = self._settings.hello_seconds
            done, _ = await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return ProbeError(f"no answer from the probe within {seconds:.0f} s"), None
            if not conversation.greeted.done():
                return conversation.ended.result(), conversation.last_words
            self._starts.worked(start)
            return await asyncio.shield(conversation.ended), None
        finally:
            self._conversation = None
            conversation.end(UnreachableError("whotop has left"))

    async def _begin(self, link: Link, conversation: Conversation, start: ProbeStart) -> None:
        """Begin it, or give up: a machine may let us in and then never open a session."""
        seconds = self._settings.hello_seconds
        try:
            async with asyncio.timeout(seconds):
                if start.prepare is not None:
                    await asyncio.to_thread(start.prepare)
                await link.begin(conversation, start)
        except TimeoutError:
            raise UnreachableError(f"no session on the machine within {seconds:.0f} s") from None

    def _delay_seconds(self, reason: MachineError) -> float:
        """How long to rest: twice as long after each failure, at random within the upper half of it."""
        slowest = self._settings.slowest_delay_seconds
        needs_somebody = isinstance(reason, HostKeyError | AuthenticationError | WireError) or not reason.retry
        longest = slowest if needs_somebody else self._settings.first_delay_seconds * 2.0 ** min(self._failures, 16)
        return min(longest, slowest) * (0.5 + 0.5 * self._random())

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._again.wait()
        except TimeoutError:
            return


def _trouble(reason: MachineError) -> Trouble:
    return next((trouble for kind, trouble in _TROUBLES.items() if isinstance(reason, kind)), Trouble.UNREACHABLE)
