"""What the monitor remembers of one machine between two messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from whotop.clock import SECOND_US
from whotop.core.allowance import Allowance
from whotop.core.choice import Choice
from whotop.core.life import Contact, Link, judge
from whotop.model import Event, Machine, MachineState, Origin, Sample, Target, Trouble
from whotop.monitor.held_cursor import HeldCursor
from whotop.monitor.own_connections import OwnConnections
from whotop.monitor.readers import Reader, reader_of
from whotop.parse.proc import Reading
from whotop.text import safe
from whotop.wire.messages import Cursor, Hello

SKEWS_KEPT = 8
SKEW_STEP_US = 100_000
"""A change smaller than this is the network's, not the clock's."""
BOOT_TOLERANCE_US = 5 * SECOND_US


@dataclass(slots=True)
class LiveList:
    """The newest full list of open sessions, and when the machine's clock showed what it says."""

    reports: list[Event]
    clock_us: int


@dataclass(slots=True)
class Watched:
    """One machine. ``machine`` is what was last published of it."""

    target: Target
    machine: Machine
    contact: Contact
    hello: Hello | None = None
    reading: Reading | None = None
    sample: Sample | None = None
    live_list: LiveList | None = None
    start_note: str = ""
    address: str = ""
    jump: str = ""
    """Where its connection led, and through which jump hosts."""
    was_known: bool = False
    """It had been watched before this connection: what is new has happened meanwhile, and is no history."""
    unlisted_us: int | None = None
    """When a session began (by the machine's clock) of which records told but no list of open sessions yet."""
    choice: Choice = field(default_factory=Choice)
    """Which origins this connection reads."""
    readers: dict[Origin, Reader] = field(default_factory=dict)
    held: dict[Origin, HeldCursor] = field(default_factory=dict)
    own: OwnConnections = field(default_factory=OwnConnections)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    allowance: Allowance = field(default_factory=Allowance)
    corrupt: set[Origin] = field(default_factory=set)
    """Origins whose last piece made no sense."""
    skew_us: int = 0
    _skews_us: list[int] = field(default_factory=list)

    def begin(self, hello: Hello, received_us: int) -> None:
        """A new connection: rates, the measuring of the clock and the reading of records start anew."""
        self.was_known = self.was_known or self.contact.last_sample_us > 0
        self.hello = hello
        self.reading = self.live_list = self.unlisted_us = None
        self._skews_us.clear()
        self.readers.clear()
        self.corrupt.clear()
        self.held.clear()
        if not self.target.local:
            self.own.begin(hello)
        self.measure_skew(hello.clock_us, received_us)
        self.contact = msgspec.structs.replace(self.contact, link=Link.UP, since_us=received_us)

    def measure_skew(self, clock_us: int, received_us: int) -> None:
        """Learn from one message how far the machine's clock is ahead.

        A message can only be delayed, which makes the machine look behind: of the newest readings
        the greatest is nearest to the truth.
        """
        self._skews_us.append(clock_us - received_us)
        del self._skews_us[:-SKEWS_KEPT]
        measured_us = max(self._skews_us)
        if abs(measured_us - self.skew_us) >= SKEW_STEP_US or len(self._skews_us) == 1:
            self.skew_us = measured_us

    def reader(self, origin: Origin) -> Reader | None:
        """What reads this origin for the length of the connection; None for one that has no records."""
        known = self.readers.get(origin)
        if known is None and self.hello is not None:
            known = reader_of(self.target.name, origin, self.hello)
            if known is not None:
                self.readers[origin] = known
        return known

    def keepable(self, origin: Origin, cursor: Cursor, reader: Reader) -> Cursor:
        """The cursor to keep with a piece that ends at ``cursor``.

        A place in a file is kept as it is: the probe shows the lines before it again. One that only
        its origin understands waits until nothing before it is unsettled. With it goes which
        connections are our own.
        """
        if cursor.mark:
            held = self.held.setdefault(origin, HeldCursor())
            cursor = held.after(cursor, reader.newest_us, reader.unsettled_since_us)
        return cursor if cursor.own == self.own.marks else msgspec.structs.replace(cursor, own=self.own.marks)

    def note_unlisted(self, latest_us: int | None, clock_us: int) -> None:
        """By ``clock_us`` sessions are open that no list has had yet, the latest since ``latest_us``; None: none."""
        if latest_us is not None:
            self.unlisted_us = max(min(latest_us, clock_us), self.unlisted_us or 0)

    def sampled(self, received_us: int) -> None:
        """A good sample came."""
        self.contact = msgspec.structs.replace(self.contact, last_sample_us=received_us, reason="", trouble=None)

    @property
    def boot_id(self) -> str:
        """Of the boot that the connection is with; empty where the machine has none."""
        return "" if self.hello is None else safe(self.hello.boot_id, 64)

    def boot_us(self, now_us: int) -> int:
        """When that boot was, by our clock; within a few seconds it is the same, told by two clocks."""
        known_us = self.machine.boot_us if self.machine.boot_id == self.boot_id else 0
        if self.reading is None or not self.reading.uptime_seconds:
            return known_us
        booted_us = now_us - round(self.reading.uptime_seconds * SECOND_US)
        return known_us if abs(booted_us - known_us) <= BOOT_TOLERANCE_US else booted_us

    def lost(self, reason: str, trouble: Trouble | None = None) -> None:
        """There is no connection."""
        self.contact = msgspec.structs.replace(self.contact, link=Link.LOST, reason=reason, trouble=trouble)

    def judged(self, now_us: int) -> Machine:
        """The machine in the state that it is in now."""
        verdict = judge(self.contact, now_us)
        if verdict.state is self.machine.state and verdict.reason == self.machine.reason:
            return self.machine
        since_us = self.machine.state_since_us if verdict.state is self.machine.state else now_us
        return msgspec.structs.replace(
            self.machine,
            state=verdict.state,
            reason=verdict.reason,
            trouble=self.contact.trouble,
            state_since_us=since_us,
            last_sample_us=self.contact.last_sample_us,
        )

    def settled(self, now_us: int) -> Machine:
        """The same when time has passed, with how many of its events were not kept lately."""
        judged, not_kept = self.judged(now_us), self.allowance.settle(now_us)
        return judged if judged.not_kept == not_kept else msgspec.structs.replace(judged, not_kept=not_kept)

    def measured(self, now_us: int) -> Machine:
        """The machine in the state that it is in now, with what its reading says of its clock and its boot."""
        boot_us = self.boot_us(now_us)
        return msgspec.structs.replace(self.judged(now_us), boot_id=self.boot_id, boot_us=boot_us, skew_us=self.skew_us)


def watched_from(target: Target, last_known: Machine | None, cursors: Mapping[str, Cursor], now_us: int) -> Watched:
    """A machine that is about to be watched, with what the store still knows of it."""
    known = last_known or Machine(name=target.name, address=target.address)
    machine = msgspec.structs.replace(
        known,
        name=target.name,
        address=target.address,
        tags=target.tags,
        jump=target.jump,
        interval_seconds=target.interval_seconds,
        state=MachineState.CONNECTING,
        state_since_us=now_us,
        reason="",
    )
    contact = Contact(last_sample_us=machine.last_sample_us, interval_seconds=target.interval_seconds)
    watched = Watched(target, machine, contact, skew_us=machine.skew_us, cursors=dict(cursors))
    watched.address, watched.jump = target.address, target.jump
    return watched
