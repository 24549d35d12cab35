"""Frames of the protocol, as a probe writes and reads them (docs/protocol.md)."""

import json
import os
import struct
import zlib

HEADER = struct.Struct(">IBBI")
COMPRESSED = 1
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
        self._handle = handle
        self._sequence = 0
        self._encode = json.JSONEncoder(separators=(",", ":")).encode

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
        if len(payload) > PAYLOAD_BYTES:
            return False
        number = UP_TYPES[str(message["type"])]
        write_all(self._handle, HEADER.pack(len(payload), number, flags, self._sequence) + payload)
        self._sequence += 1
        return True


def write_all(handle: int, data: bytes) -> None:
    """Write every byte. It waits when whotop does not read: that is the flow control."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


class FrameReader:
    """Reads the frames that whotop sends down."""

    def __init__(self) -> None:
        self._buffer = b""
        self._sequence = 0

    def feed(self, data: bytes) -> "list[dict[str, object]]":
        """Give the messages that ``data`` completes; raises BrokenProtocol."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= HEADER.size:
            length, number, flags, sequence = HEADER.unpack_from(self._buffer)
            if length > PAYLOAD_BYTES or number not in DOWN_TYPES or flags & ~COMPRESSED or sequence != self._sequence:
                raise BrokenProtocol("a frame that this probe does not know")
            end = HEADER.size + length
            if len(self._buffer) < end:
                break
            messages.append(opened(self._buffer[HEADER.size : end], flags, DOWN_TYPES[number]))
            self._buffer = self._buffer[end:]
            self._sequence += 1
        return messages


def opened(payload: bytes, flags: int, name: str) -> "dict[str, object]":
    """Give the message in a payload, named ``name`` whatever it says itself."""
    try:
        if flags:
            payload = zlib.decompressobj().decompress(payload, OPENED_BYTES)
        message = json.loads(payload.decode("utf-8"))
    except (ValueError, zlib.error) as error:
        raise BrokenProtocol("a frame that does not open") from error
    if not isinstance(message, dict):
        raise BrokenProtocol("a frame without a message")
    message["type"] = name
    return message
