"""Frames: messages to bytes and back, the same in both directions (docs/protocol.md).

The decoder is the gate: what leaves it has kept every limit. After a breach it stays shut.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Generic, TypeVar, cast

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
from whotop.wire.preamble import PreambleReader, Recipient, preamble

if TYPE_CHECKING:  # whoever reads and writes plain frames alone need not load ``cryptography``
    from whotop.wire.sealing import FrameOpener, FrameSeal, OneWay, Seals

__all__ = ["FrameDecoder", "FrameEncoder", "down_decoder", "preamble", "up_decoder"]

COMPRESSED = 1
SEALED = 2

UP_TYPES: dict[int, type[Message]] = {1: Hello, 2: Figures, 3: Sessions, 4: Records, 5: Answer, 6: Goodbye, 7: Origins}
DOWN_TYPES: dict[int, type[Message]] = {65: Start, 66: Acknowledge, 67: Request, 68: Stop, 69: Read}

_HEADER = struct.Struct(">IBBI")
_HEADER_BYTES = limits.HEADER_BYTES
_NUMBERS = {kind: number for number, kind in (UP_TYPES | DOWN_TYPES).items()}
_DECODERS = {number: msgspec.json.Decoder(kind) for number, kind in (UP_TYPES | DOWN_TYPES).items()}
_HELLO, _GOODBYE = 1, 6
_TAG_BYTES = 16
_LAST_SEQUENCE = 2**32 - 1

MessageT = TypeVar("MessageT", bound=Message)


def up_decoder(nonce: str, recipient: Recipient | None = None) -> FrameDecoder[Up]:
    """Make what the collector reads a probe with.

    With a recipient, whose offer the start carried, every frame must be sealed as the preamble agrees.
    """
    return cast("FrameDecoder[Up]", FrameDecoder(UP_TYPES, PreambleReader(nonce, recipient)))


def down_decoder() -> FrameDecoder[Down]:
    """Make what the far end (a simulated machine) reads whotop with: no preamble."""
    return cast("FrameDecoder[Down]", FrameDecoder(DOWN_TYPES, None))


class FrameEncoder:
    """Makes the frames of one direction of one connection; keeps their sequence."""

    def __init__(self) -> None:
        self._seal: FrameSeal | None = None
        self._sequence = 0
        self._encoder = msgspec.json.Encoder()

    def seal_with(self, seal: FrameSeal) -> None:
        """Seal every frame from now on."""
        self._seal = seal

    def encode(self, message: Message) -> bytes:
        """One frame, compressed where that makes it smaller."""
        payload = self._encoder.encode(message)
        flags = 0
        if len(payload) > limits.COMPRESS_ABOVE_BYTES:
            packed = zlib.compress(payload, 1)
            if len(packed) < len(payload):
                payload, flags = packed, COMPRESSED
        number, sequence = _NUMBERS[type(message)], self._sequence
        self._sequence += 1
        if self._seal is None:
            return _HEADER.pack(len(payload), number, flags, sequence) + payload
        header = _HEADER.pack(len(payload) + _TAG_BYTES, number, flags | SEALED, sequence)
        return header + self._seal.seal(sequence, header, payload)


class FrameDecoder(Generic[MessageT]):
    """Reads the frames of one direction of one connection.

    ``types`` maps the numbers that may come to their messages; the lowest must come first, and only
    then; nothing comes after a goodbye. A ``preamble`` comes before them all, and says whether they
    must be sealed.
    """

    def __init__(self, types: dict[int, type[Message]], preamble: PreambleReader | None) -> None:
        self.opened_bytes = 0
        """JSON read so far, after decompression: what a quota counts."""
        self.seals: Seals | OneWay | None = None
        """Of both directions, where the preamble has agreed on them."""
        self._types = types
        self._first = min(types)
        self._preamble = preamble
        self._seal: FrameOpener | None = None
        self._buffer = bytearray()
        self._sequence = 0
        self._is_over = False
        self._breach: WireError | None = None

    @property
    def is_started(self) -> bool:
        """Whether the preamble (if one is expected) has been seen."""
        return self._preamble is None

    @property
    def is_within_a_frame(self) -> bool:
        """Whether the stream, if it ended here, would be cut off in the middle of a frame."""
        return self._preamble is None and bool(self._buffer)

    def open_with(self, seal: FrameOpener) -> None:
        """Take sealed frames alone from now on."""
        self._seal = seal

    def feed(self, data: bytes) -> list[MessageT]:
        """Give the messages that ``data`` completes, in order.

        Raises WireError, with one safe line, for anything that the protocol forbids, and again for
        whatever comes after that.
        """
        if self._breach is not None:
            raise self._breach
        try:
            if self._preamble is not None:
                return self._begin(self._preamble, data)
            return self._messages(data)
        except WireError as breach:
            self._breach = breach
            self._buffer.clear()
            raise

    def _begin(self, preamble: PreambleReader, data: bytes) -> list[MessageT]:
        rest = preamble.feed(data)
        if rest is None:
            return []
        self._preamble, self.seals = None, preamble.seals
        if self.seals is not None:
            self.open_with(self.seals.up)
        return self._messages(rest)

    def _messages(self, data: bytes) -> list[MessageT]:
        if self._buffer:
            self._buffer += data
            if not self._holds_a_frame():
                return []
            data = bytes(self._buffer)
            self._buffer.clear()
        messages: list[MessageT] = []
        start, size = 0, len(data)
        most_bytes = self.opened_bytes + limits.AT_ONCE_BYTES
        while size - start >= _HEADER_BYTES:
            length, number, flags, sequence = _HEADER.unpack_from(data, start)
            self._check_header(length, number, flags, sequence)
            body = start + _HEADER_BYTES
            end = body + length
            if end > size:
                break
            payload = data[body:end]
            if self._seal is not None:
                payload = self._seal.open(sequence, data[start:body], payload)
            messages.append(self._open(number, flags & COMPRESSED, payload))
            if flags & COMPRESSED and self.opened_bytes > most_bytes:
                raise WireError(f"compressed frames open to more than {limits.AT_ONCE_BYTES:,} bytes at once")
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
        if flags & ~(COMPRESSED | SEALED):
            raise WireError(f"unknown flags {flags}")
        if bool(flags & SEALED) != (self._seal is not None):
            raise WireError("a sealed frame, which was not agreed" if flags & SEALED else "a frame that is not sealed")
        if sequence != self._sequence or sequence == _LAST_SEQUENCE:
            raise WireError(f"frame {sequence} came where {self._sequence} was due")
        if (number == self._first) != (sequence == 0):
            raise WireError(f"a frame of type {number} came as number {sequence}")
        if self._is_over:
            raise WireError("a frame after the goodbye")
        if length > (limits.HELLO_BYTES if number == _HELLO else limits.PAYLOAD_BYTES):
            raise WireError(f"a frame of {length:,} bytes is over the limit")

    def _open(self, number: int, is_compressed: int, payload: bytes) -> MessageT:
        if is_compressed:
            payload = _decompress(payload)
        self._is_over = number == _GOODBYE
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
