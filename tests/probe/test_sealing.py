"""The probe's end of sealing, beside the collector's."""

from __future__ import annotations

import os
import subprocess
from base64 import b64encode
from typing import Any

import pytest

from whotop import probe
from whotop.probe.linux.frames import BrokenProtocol, FrameReader, FrameWriter
from whotop.probe.linux.sealing import BadOffer, Sealing
from whotop.wire.frames import FrameEncoder, preamble, up_decoder
from whotop.wire.messages import Acknowledge, Figures, Goodbye, Hello, Message, SealOffer, Start, Stop, Up
from whotop.wire.sealing import Recipient

NONCE = "ab" * 16
DIGEST = b"d" * 32
HELLO: dict[str, object] = {
    "type": "hello",
    "version": 1,
    "probe": "linux",
    "interpreter": "3.6",
    "clock_us": 1,
    "boot_id": "",
    "hostname": "",
    "kernel": "",
    "architecture": "",
    "os_release": "",
    "cpu_count": 1,
    "clock_ticks": 100,
    "uid": 0,
    "ancestors": [],
    "origins": [],
}


class Both:
    """The two ends of a sealed connection: the probe's writer and reader, the collector's decoder and encoder."""

    def __init__(self) -> None:
        recipient = Recipient(NONCE, DIGEST)
        offer = as_json(recipient.offer)
        self.sealing = Sealing(offer, NONCE, DIGEST)
        self._output, self._input = os.pipe()
        os.set_blocking(self._output, False)
        self.writer = FrameWriter(self._input)
        self.writer.seal_with(self.sealing.up)
        self.reader = FrameReader()
        self.decoder = up_decoder(NONCE, recipient)
        self.decoder.feed(preamble(NONCE, bytes.fromhex(self.sealing.enc)))
        assert self.decoder.seals is not None
        assert self.decoder.seals.down is not None
        self.encoder = FrameEncoder()
        self.reader.feed(self.encoder.encode(Start(nonce=NONCE, seal=recipient.offer)))
        self.reader.open_with(self.sealing.down)
        self.encoder.seal_with(self.decoder.seals.down)

    def written(self) -> bytes:
        return os.read(self._output, 1_000_000)

    def close(self) -> None:
        os.close(self._output)
        os.close(self._input)


@pytest.fixture
def both() -> Any:
    ends = Both()
    yield ends
    ends.close()


def as_json(offer: SealOffer) -> dict[str, object]:
    """As the probe's frames hand it over."""
    return {
        "public_key": b64encode(offer.public_key).decode(),
        "psk": b64encode(offer.psk).decode(),
    }


def test_whotop_opens_what_the_probe_sealed(both: Both) -> None:
    received: list[Up] = []
    figures = {"type": "figures", "clock_us": 5, "stat": b64encode(b"cpu " * 300).decode()}
    sent: list[dict[str, object]] = [HELLO, figures, {"type": "goodbye"}]
    for message in sent:
        assert both.writer.write(message)
        received += both.decoder.feed(both.written())
    assert [type(message) for message in received] == [Hello, Figures, Goodbye]


def test_the_probe_opens_what_whotop_sealed(both: Both) -> None:
    down: list[Message] = [Acknowledge(origin="wtmp", offset=384), Stop()]
    opened = both.reader.feed(b"".join(map(both.encoder.encode, down)))
    assert [message["type"] for message in opened] == ["acknowledge", "stop"]


def test_the_probe_refuses_an_unsealed_frame(both: Both) -> None:
    plain = FrameEncoder()
    plain.encode(Start(nonce=NONCE))
    with pytest.raises(BrokenProtocol, match="not due"):
        both.reader.feed(plain.encode(Stop()))


def test_the_probe_refuses_an_altered_frame(both: Both) -> None:
    framed = both.encoder.encode(Stop())
    with pytest.raises(BrokenProtocol, match="altered"):
        both.reader.feed(framed[:-1] + bytes([framed[-1] ^ 1]))


def test_the_probe_refuses_a_frame_that_comes_twice(both: Both) -> None:
    framed = both.encoder.encode(Acknowledge(origin="wtmp", offset=384))
    with pytest.raises(BrokenProtocol, match="not due"):
        both.reader.feed(framed + framed)


def test_the_probe_refuses_its_own_frames(both: Both) -> None:
    both.writer.write(HELLO)
    both.written()
    both.writer.write({"type": "goodbye"})
    mirrored = both.written()
    with pytest.raises(BrokenProtocol):
        both.reader.feed(mirrored[:4] + b"\x44" + mirrored[5:])


KEY = b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    "offer",
    [
        "an offer",
        {},
        {"public_key": KEY},
        {"public_key": KEY, "psk": b64encode(b"k" * 31).decode()},
        {"public_key": KEY, "psk": "%%%"},
        {"public_key": KEY, "psk": "\N{SNOWMAN}"},
        {"public_key": [], "psk": KEY},
        {"public_key": b64encode(bytes(32)).decode(), "psk": KEY},
    ],
)
def test_an_offer_that_cannot_be_taken_is_refused(offer: object) -> None:
    with pytest.raises(BadOffer):
        Sealing(offer, NONCE, DIGEST)


def test_a_probe_that_is_offered_sealing_takes_nothing_unsealed_behind_the_start() -> None:
    encoder = FrameEncoder()
    start = Start(nonce=NONCE, seal=Recipient(NONCE, probe.source_digest()).offer)
    spoken = probe.opening() + encoder.encode(start) + encoder.encode(Stop())
    ended = subprocess.run(["sh", "-c", probe.LOADER], input=spoken, capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"a frame that should have been sealed" in ended.stderr
    assert ended.stdout == b""
