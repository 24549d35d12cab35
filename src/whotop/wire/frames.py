"""Frames: messages to bytes and back, the same in both directions (docs/protocol.md).

The decoder is the gate: what leaves it has kept every limit. After a breach it stays shut.
"""

from __future__ import annotations

import struct
import zlib
from typing import Generic, TypeVar, cast

import msgspec

from whotop.errors import WireError
from whotop.text import safe
from whotop.wire import limits
from whotop.wire.messages import (
    Acknowledge,
    Answer,
    Down,
    Figures,
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

COMPRESSED = 1
SEALED = 2
"""Reserved: no frame is sealed in version 1 of this program."""

UP_TYPES: dict[int, type[Message]] = {1: Hello, 2: Figures, 3: Sessions, 4: Records, 5: Answer, 6: Goodbye, 7: Origins}
DOWN_TYPES: dict[int, type[Message]] = {65: Start, 66: Acknowledge, 67: Request, 68: Stop, 69: Read}

_HEADER = struct.Struct(">IBBI")
_HEADER_BYTES = limits.HEADER_BYTES
_NUMBERS = {kind: number for number, kind in (UP_TYPES | DOWN_TYPES).items()}
_DECODERS = {number: msgspec.json.Decoder(kind) for number, kind in (UP_TYPES | DOWN_TYPES).items()}
_HELLO = 1
_LAST_SEQUENCE = 2**32 - 1

MessageT = TypeVar("MessageT", bound=Message)


def preamble(nonce: str) -> bytes:
    """Give the line that a probe writes before its first frame."""
    return b"whotop-probe/1 " + nonce.encode("ascii") + b"\n"


def up_decoder(nonce: str) -> FrameDecoder[Up]:
    """Make what the collector reads a probe with."""
    return cast("FrameDecoder[Up]", FrameDecoder(UP_TYPES, preamble(nonce)))


def down_decoder() -> FrameDecoder[Down]:
    """Make what the far end (a simulated machine) reads whotop with: no preamble."""
    return cast("FrameDecoder[Down]", FrameDecoder(DOWN_TYPES, None))


class FrameEncoder:
    """Makes the frames of one direction of one connection; keeps their sequence."""

    def __init__(self) -> None:
        self._sequence = 0
        self._encoder = msgspec.json.Encoder()

    def encode(self, message: Message) -> bytes:
        """One frame, compressed where that makes it smaller."""
        payload = self._encoder.encode(message)
        flags = 0
        if len(payload) > limits.COMPRESS_ABOVE_BYTES:
            packed = zlib.compress(payload, 1)
            if len(packed) < len(payload):
                payload, flags = packed, COMPRESSED
        header = _HEADER.pack(len(payload), _NUMBERS[type(message)], flags, self._sequence)
        self._sequence += 1
        return header + payload


class FrameDecoder(Generic[MessageT]):
    """Reads the frames of one direction of one connection.

    ``types`` maps the numbers that may come to their messages; the lowest must come first, and only
    then. With a ``preamble``, up to 64 KiB before it are ignored.
    """

    def __init__(self, types: dict[int, type[Message]], preamble: bytes | None) -> None:
        self.opened_bytes = 0
        """JSON read so far, after decompression: what a quota counts."""
        self._types = types
        self._first = min(types)
        self._preamble = preamble
        self._buffer = bytearray()
        self._sequence = 0
        self._breach: WireError | None = None

    @property
    def is_started(self) -> bool:
        """Whether the preamble (if one is expected) has been seen."""
        return self._preamble is None

    def feed(self, data: bytes) -> list[MessageT]:
        """Give the messages that ``data`` completes, in order.

        Raises WireError, with one safe line, for anything that the protocol forbids, and again for
        whatever comes after that.
        """
        if self._breach is not None:
            raise self._breach
        try:
            if self._preamble is None:
                return self._messages(data)
            return self._messages(self._after_noise(self._preamble, data))
        except WireError as breach:
            self._breach = breach
            self._buffer.clear()
            raise

    def _after_noise(self, preamble: bytes, data: bytes) -> bytes:
        searched = max(len(self._buffer) - len(preamble), 0)
        self._buffer += data
        at = self._buffer.find(preamble, searched)
        if at > limits.NOISE_BYTES or (at < 0 and len(self._buffer) > limits.NOISE_BYTES + len(preamble)):
            raise WireError(f"no answer from the probe in the first {limits.NOISE_BYTES // 1024} KiB of its output")
        if at < 0:
            return b""
        rest = bytes(self._buffer[at + len(preamble) :])
        self._buffer.clear()
        self._preamble = None
        return rest

    def _messages(self, data: bytes) -> list[MessageT]:
        if self._preamble is not None:
            return []
        if self._buffer:
            self._buffer += data
            if not self._holds_a_frame():
                return []
            data = bytes(self._buffer)
            self._buffer.clear()
        messages: list[MessageT] = []
        start, size = 0, len(data)
        while size - start >= _HEADER_BYTES:
            length, number, flags, sequence = _HEADER.unpack_from(data, start)
            self._check_header(length, number, flags, sequence)
            end = start + _HEADER_BYTES + length
            if end > size:
                break
            messages.append(self._open(number, flags, data[start + _HEADER_BYTES : end]))
            self._sequence += 1
            start = end
        if start < size:
            self._buffer += data[start:] if start else data
        return messages

    def _holds_a_frame(self) -> bool:
        """Whether the buffer is worth looking at: a slow drip must not be copied with every byte."""
        if len(self._buffer) < _HEADER_BYTES:
            return False
        length: int
        length, number, flags, sequence = _HEADER.unpack_from(self._buffer)
        self._check_header(length, number, flags, sequence)
        return len(self._buffer) >= _HEADER_BYTES + length

    def _check_header(self, length: int, number: int, flags: int, sequence: int) -> None:
        if number not in self._types:
            raise WireError(f"a frame of unknown type {number}")
        if flags & ~COMPRESSED:
            raise WireError("a sealed frame, which was not agreed" if flags == SEALED else f"unknown flags {flags}")
        if sequence != self._sequence or sequence == _LAST_SEQUENCE:
            raise WireError(f"frame {sequence} came where {self._sequence} was due")
        if (number == self._first) != (sequence == 0):
            raise WireError(f"a frame of type {number} came as number {sequence}")
        if length > (limits.HELLO_BYTES if number == _HELLO else limits.PAYLOAD_BYTES):
            raise WireError(f"a frame of {length:,} bytes is over the limit")

    def _open(self, number: int, flags: int, payload: bytes) -> MessageT:
        if flags:
            payload = _decompress(payload)
        self.opened_bytes += len(payload)
        try:
            return cast("MessageT", _DECODERS[number].decode(payload))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            name = self._types[number].__name__.lower()
            raise WireError(f"a malformed {name} frame: {safe(str(error), 160)}") from None


def _decompress(payload: bytes) -> bytes:
    opener = zlib.decompressobj()
    try:
        opened = opener.decompress(payload, limits.OPENED_BYTES + 1)
    except zlib.error:
        raise WireError("a compressed frame that does not open") from None
    if len(opened) > limits.OPENED_BYTES:
        raise WireError(f"a compressed frame opens to more than {limits.OPENED_BYTES:,} bytes")
    if not opener.eof or opener.unused_data:
        raise WireError("a compressed frame with a wrong end")
    return opened
