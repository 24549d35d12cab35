"""A simulated machine speaks the protocol as a real probe does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from whotop import probe
from whotop.clock import SECOND_US, ManualClock
from whotop.demo import record_stream
from whotop.demo.conversation import Conversation
from whotop.demo.machine import SimulatedMachine
from whotop.demo.people import HOSTILE, STAFF
from whotop.demo.world import ALPINE, DEBIAN_12, SPECIAL, UBUNTU
from whotop.model import EventKind, Origin
from whotop.parse import logind, utmp
from whotop.wire.frames import FrameEncoder, up_decoder
from whotop.wire.messages import (
    Acknowledge,
    Answer,
    Cursor,
    Figures,
    Goodbye,
    Hello,
    Message,
    Read,
    Records,
    Request,
    Sessions,
    Start,
    Stop,
    Up,
)
from whotop.wire.sealing import Recipient

NOON_US = 1_763_726_400_000_000  # 2025-11-21T12:00:00Z
NONCE = "0123456789abcdef0123456789abcdef"
MessageT = TypeVar("MessageT", bound=Up)


class Listener:
    """Who watches: says what whotop would say, and decodes what comes."""

    def __init__(self, machine: SimulatedMachine, clock: ManualClock) -> None:
        self.machine, self._clock = machine, clock
        self._encoder, self._decoder = FrameEncoder(), up_decoder(NONCE)
        self._conversation = Conversation(machine, clock, self._hear)
        self.heard: list[Up] = []

    def _hear(self, data: bytes) -> None:
        self.heard += self._decoder.feed(data)

    def say(self, message: Message) -> None:
        self._conversation.receive(self._encoder.encode(message))

    def start(self, cursor: Cursor | None = None, *, history_bytes: int = 7_680_000) -> None:
        cursors = {} if cursor is None else {"wtmp": cursor}
        self.say(Start(nonce=NONCE, interval_ms=1_000, cursors=cursors, history_bytes=history_bytes))
        self.say(Read(origins=("wtmp",)))

    def let_pass(self, seconds: float) -> None:
        self._clock.advance(seconds)
        self.machine.step(self._clock.now_us())
        self._conversation.tick()

    def all(self, kind: type[MessageT]) -> list[MessageT]:
        return [message for message in self.heard if isinstance(message, kind)]

    @property
    def is_over(self) -> bool:
        return self._conversation.is_over


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_US)


@pytest.fixture
def listen(clock: ManualClock) -> Callable[..., Listener]:
    """Listens to a machine: a quiet one, unless another is given."""

    def listen_to(machine: SimulatedMachine | None = None) -> Listener:
        return Listener(machine or SimulatedMachine("web-01", UBUNTU, NOON_US), clock)

    return listen_to


def test_it_begins_with_hello_the_list_a_reading_and_the_past(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    assert [type(message) for message in listener.heard[:4]] == [Hello, Sessions, Figures, Records]
    assert all(records.first_contact for records in listener.all(Records))
    assert b"".join(records.data for records in listener.all(Records)) == bytes(listener.machine.wtmp)


def test_no_more_of_the_past_is_sent_than_was_asked_for(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start(history_bytes=384)
    assert b"".join(records.data for records in listener.all(Records)) == bytes(listener.machine.wtmp[-384:])


def test_a_login_is_listed_and_recorded(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    listener.machine.arrive(STAFF[0], NOON_US + SECOND_US)
    listener.let_pass(1)
    listed, recorded = listener.all(Sessions)[-1], listener.all(Records)[-1]
    assert not recorded.first_contact
    assert not recorded.backlog
    (login,) = (event for event in utmp.events(recorded.data, "web-01") if event.time_us > NOON_US)
    assert listed.logind is not None
    reports = [logind.login(file.id, file.data, "web-01") for file in listed.logind]
    assert (login.user, login.tty, login.time_us) in [
        (report.user, report.tty, report.time_us) for report in reports if report is not None
    ]


def test_what_was_written_behind_the_cursor_is_backlog(listen: Callable[..., Listener]) -> None:
    first = listen()
    first.start()
    cursor = first.all(Records)[-1].cursor
    first.machine.arrive(STAFF[0], NOON_US)
    again = listen(first.machine)
    again.start(cursor)
    (records,) = again.all(Records)
    assert records.backlog
    assert not records.first_contact
    assert [event.kind for event in utmp.events(records.data, "web-01")] == [EventKind.LOGIN]


def test_no_more_than_four_pieces_are_underway(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_stream, "PIECE_BYTES", 384)
    listener = listen()
    listener.start()
    sent = listener.all(Records)
    assert len(sent) == 4
    listener.say(Acknowledge(origin="wtmp", offset=sent[1].cursor.offset))
    listener.let_pass(0.25)
    assert len(listener.all(Records)) == 6
    assert listener.all(Records)[-1].first_contact


def test_readings_come_at_the_interval_asked_for(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    for _ in range(40):
        listener.let_pass(0.25)
    assert len(listener.all(Figures)) == 11


def test_a_debian_12_keeps_utmp_and_an_alpine_cannot_tell(listen: Callable[..., Listener]) -> None:
    debian, alpine = (SimulatedMachine("db-01", kind, NOON_US) for kind in (DEBIAN_12, ALPINE))
    for machine in (debian, alpine):
        listener = listen(machine)
        listener.start()
        (listed,) = listener.all(Sessions)
        assert listed.logind is None
        assert (listed.utmp is None) == (machine is alpine)
    assert listener.all(Records) == []


def test_a_failed_login_is_recorded_as_sshd_does(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    listener.say(Read(origins=("wtmp", "btmp")))
    listener.machine.fail(b"root", "198.51.100.23", NOON_US)
    listener.let_pass(1)
    (*_, recorded) = (records for records in listener.all(Records) if records.origin == "btmp")
    (failed,) = utmp.events(recorded.data, "web-01", Origin.BTMP)
    assert (failed.kind, failed.user, failed.source) == (EventKind.FAILED_LOGIN, "root", "198.51.100.23")
    assert not recorded.first_contact


def test_one_machine_lets_nobody_read_who_failed(listen: Callable[..., Listener]) -> None:
    listener = listen(SimulatedMachine("app-02", SPECIAL["app-02"], NOON_US))
    listener.start()
    (hello,) = listener.all(Hello)
    states = {report.name: report.state for report in hello.origins}
    assert states == {"logind": "readable", "utmp": "absent", "wtmp": "readable", "btmp": "unreadable"}


def test_hostile_names_pass_as_bytes(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    for person in HOSTILE:
        listener.machine.arrive(person, NOON_US)
    listener.let_pass(1)
    names = [event.user for event in utmp.events(listener.all(Records)[-1].data, "web-01")]
    assert all(name.isprintable() for name in names)
    assert len(names) >= len(HOSTILE)


def test_the_processes_of_a_session_are_answered(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    listener.machine.arrive(STAFF[0], NOON_US)
    listener.say(Request(id=7, kind="processes", pid=listener.machine.stays[-1].pid))
    (answer,) = listener.all(Answer)
    assert answer.id == 7
    assert [report.cmdline for report in answer.processes] == [b"-bash\0", b"vim\0/etc/hosts\0"]


def test_it_says_goodbye_when_whotop_leaves(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.start()
    listener.say(Stop())
    assert isinstance(listener.heard[-1], Goodbye)
    assert listener.is_over


def test_records_that_nobody_asked_for_are_not_sent(listen: Callable[..., Listener]) -> None:
    listener = listen()
    listener.say(Start(nonce=NONCE, interval_ms=1_000))
    listener.let_pass(1)
    assert listener.all(Records) == []


def test_it_seals_as_a_real_probe_does(clock: ManualClock) -> None:
    output = bytearray()
    conversation = Conversation(SimulatedMachine("web-01", UBUNTU, NOON_US), clock, output.extend)
    recipient = Recipient(NONCE, probe.source_digest())
    encoder, decoder = FrameEncoder(), up_decoder(NONCE, recipient)
    conversation.receive(encoder.encode(Start(nonce=NONCE, seal=recipient.offer)))
    heard = decoder.feed(bytes(output))
    assert isinstance(heard[0], Hello)
    assert decoder.seals is not None
    assert decoder.seals.down is not None
    encoder.seal_with(decoder.seals.down)
    conversation.receive(encoder.encode(Stop()))
    assert conversation.is_over
