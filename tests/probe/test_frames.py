"""The probe's frames and the collector's are the same frames."""

from __future__ import annotations

import os
from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from whotop.probe.linux.frames import BrokenProtocol, FrameReader, FrameWriter
from whotop.probe.linux.hello import hello_message
from whotop.wire.frames import FrameEncoder, down_decoder, preamble, up_decoder
from whotop.wire.messages import (
    Acknowledge,
    Cursor,
    Figures,
    FileIdentity,
    Goodbye,
    Hello,
    Message,
    Request,
    Start,
    Stop,
)

CURSOR = Cursor(file=FileIdentity(device=1, inode=2, head=b"\0\xff"), offset=384, tail=b"t" * 16)
DOWN: list[Message] = [
    Start(nonce="ab" * 16, cursors={"wtmp": CURSOR}),
    Acknowledge(origin="wtmp", offset=384),
    Request(id=3, kind="processes", pid=1),
    Stop(),
]


@given(cut=st.integers(1, 60))
def test_the_probe_reads_what_whotop_sends_however_it_is_cut(cut: int) -> None:
    encoder, reader = FrameEncoder(), FrameReader()
    stream = b"".join(map(encoder.encode, DOWN))
    pieces = [stream[at : at + cut] for at in range(0, len(stream), cut)]
    received = [message for piece in pieces for message in reader.feed(piece)]
    assert [message["type"] for message in received] == ["start", "acknowledge", "request", "stop"]
    assert received[0]["cursors"] == {
        "wtmp": {
            "file": {"device": 1, "inode": 2, "head": b64encode(b"\0\xff").decode()},
            "offset": 384,
            "tail": b64encode(b"t" * 16).decode(),
        }
    }
    assert received[0]["interval_ms"] == 5_000


def test_a_compressed_frame_is_opened() -> None:
    start = Start(nonce="ab" * 16, cursors={f"origin {number}": CURSOR for number in range(20)})
    framed = FrameEncoder().encode(start)
    assert framed[5] == 1
    [message] = FrameReader().feed(framed)
    assert len(str(message["cursors"])) > 1_000


def test_whotop_reads_what_the_probe_writes() -> None:
    reading, writing = os.pipe()
    writer = FrameWriter(writing)
    assert writer.write(hello_message([], 0))
    assert writer.write({"type": "figures", "clock_us": 5, "stat": b64encode(b"cpu " * 300).decode()})
    assert writer.write({"type": "goodbye", "reason": ""})
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        hello, figures, goodbye = up_decoder("ab").feed(preamble("ab") + pipe.read())
    assert isinstance(hello, Hello)
    assert figures == Figures(clock_us=5, stat=b"cpu " * 300)
    assert goodbye == Goodbye()


def test_a_message_that_is_too_large_is_not_sent() -> None:
    writer = FrameWriter(-1)
    assert not writer.write({"type": "answer", "error": "x" * 1_100_000})
    assert not writer.write({"type": "answer", "error": b64encode(os.urandom(300_000)).decode()})


@given(data=st.binary(min_size=10, max_size=200))
def test_what_is_no_frame_is_refused_or_waited_for(data: bytes) -> None:
    reader = FrameReader()
    try:
        reader.feed(data)
    except BrokenProtocol as error:
        assert str(error).startswith("a frame")  # noqa: PT017 - any other exception goes through


def test_every_message_down_is_known_at_both_ends() -> None:
    encoder = FrameEncoder()
    stream = b"".join(map(encoder.encode, DOWN))
    assert down_decoder().feed(stream) == DOWN
    assert len(FrameReader().feed(stream)) == len(DOWN)
