"""Frames of the protocol, as a probe writes and reads them (docs/protocol.md)."""

import json
import os
import struct
import zlib

from whotop.probe.linux.chacha20_poly1305 import TAG_BYTES, Tampered
from whotop.probe.linux.sealing import DirectionSeal

HEADER = struct.Struct(">IBBI")
COMPRESSED = 1
SEALED = 2
COMPRESS_ABOVE_BYTES = 512
PAYLOAD_BYTES = 262144
OPENED_BYTES = 1048576

UP_TYPES = {"hello": 1, "figures": 2, "sessions": 3, "records": 4, "answer": 5, "goodbye": 6, "origins": 7}
DOWN_TYPES = {65: "start", 66: "acknowledge", 67: "request", 68: "stop", 69: "read"}


class BrokenProtocol(Exception):  # noqa: N818 - it is not an error of the probe
    """What came down is no frame of this protocol."""


class FrameWriter:
    """Writes frames to a file descriptor and keeps their sequence."""

    def __init__(self, handle: int) -> None:
        self._seal = None  # type: DirectionSeal | None
        self._handle = handle
        self._sequence = 0
        self._encode = json.JSONEncoder(separators=(",", ":")).encode

    def seal_with(self, seal: DirectionSeal) -> None:
        """Seal every frame from now on."""
        self._seal = seal

    def write(self, message: "dict[str, object]") -> bool:
        """Send a message; False, with nothing sent, if it is too large for a frame."""
        payload = self._encode(message).encode("ascii")
        if len(payload) > OPENED_BYTES:
            return False
        flags = 0
        if len(payload) > COMPRESS_ABOVE_BYTES:
            packed = zlib.compress(payload, 1)
            if len(packed) < len(payload):
                payload, flags = packed, COMPRESSED
        if len(payload) > PAYLOAD_BYTES - TAG_BYTES:
            return False
        write_all(self._handle, self._framed(UP_TYPES[str(message["type"])], flags, payload))
        self._sequence += 1
        return True

    def _framed(self, number: int, flags: int, payload: bytes) -> bytes:
        if self._seal is None:
            return HEADER.pack(len(payload), number, flags, self._sequence) + payload
        header = HEADER.pack(len(payload) + TAG_BYTES, number, flags | SEALED, self._sequence)
        return header + self._seal.seal(self._sequence, header, payload)


def write_all(handle: int, data: bytes) -> None:
    """Write every byte. It waits when whotop does not read: that is the flow control."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


class FrameReader:
    """Reads the frames that whotop sends down."""

    def __init__(self) -> None:
        self._seal = None  # type: DirectionSeal | None
        self._buffer = b""
        self._sequence = 0

    def open_with(self, seal: DirectionSeal) -> None:
        """Take sealed frames alone from now on."""
        self._seal = seal

    def feed(self, data: bytes) -> "list[dict[str, object]]":
        """Give the messages that ``data`` completes; raises BrokenProtocol."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= HEADER.size:
            length, number, flags, sequence = HEADER.unpack_from(self._buffer)
            if length > PAYLOAD_BYTES or number not in DOWN_TYPES or flags & ~(COMPRESSED | SEALED):
                raise BrokenProtocol("a frame that this probe does not know")
            if sequence != self._sequence or bool(flags & SEALED) != (self._seal is not None):
                raise BrokenProtocol("a frame that was not due")
            end = HEADER.size + length
            if len(self._buffer) < end:
                break
            payload = self._unsealed(sequence, self._buffer[: HEADER.size], self._buffer[HEADER.size : end])
            messages.append(opened(payload, flags & COMPRESSED, DOWN_TYPES[number]))
            self._buffer = self._buffer[end:]
            self._sequence += 1
        return messages

    def _unsealed(self, sequence: int, header: bytes, payload: bytes) -> bytes:
        if self._seal is None:
            return payload
        try:
            return self._seal.unseal(sequence, header, payload)
        except Tampered as error:
            raise BrokenProtocol(str(error)) from error


def opened(payload: bytes, is_compressed: int, name: str) -> "dict[str, object]":
    """Give the message in a payload, named ``name`` whatever it says itself."""
    try:
        if is_compressed:
            payload = zlib.decompressobj().decompress(payload, OPENED_BYTES)
        message = json.loads(payload.decode("utf-8"))
    except (ValueError, zlib.error) as error:
        raise BrokenProtocol("a frame that does not open") from error
    if not isinstance(message, dict):
        raise BrokenProtocol("a frame without a message")
    message["type"] = name
    return message
