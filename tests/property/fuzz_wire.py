"""The wire as what fuzzing is tried on: streams in both directions, plain, sealed, and in envelopes."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterable, Iterator

from whotop.errors import WireError
from whotop.wire import limits
from whotop.wire.envelope import EnvelopeOpener
from whotop.wire.frames import FrameDecoder, down_decoder, preamble, up_decoder
from whotop.wire.lines import LineEncoder
from whotop.wire.messages import Cursor, Down, FileIdentity, Message, Read, Request, Start, Stop, Up
from whotop.wire.sealing import Recipient, answered

NONCE = "0123456789abcdef" * 2
DIGEST = b"\x11" * 32
HEADER = struct.pack(">IBBI", 0, 2, 2, 0)
"""Of a frame of figures that is the first."""


def cut(data: bytes) -> list[bytes]:
    """In three, where the first byte says."""
    place = data[0] % 64 + 1 if data else 1
    return [data[:place], data[place : 3 * place], data[3 * place :]]


def read_up(data: bytes) -> Iterator[object]:
    """A stream from a machine, its preamble and hello included."""
    yield _fed(up_decoder(NONCE), cut(data))
    yield _fed(up_decoder(NONCE), [preamble(NONCE), data])


def read_up_sealed(data: bytes) -> Iterator[object]:
    """The same where frames must be sealed."""
    recipient = Recipient(NONCE, DIGEST)
    enc, _ = answered(recipient.offer, NONCE, DIGEST)
    yield _fed(up_decoder(NONCE, recipient), [preamble(NONCE, enc), data])
    yield _fed(up_decoder(NONCE, Recipient(NONCE, DIGEST)), cut(data))


def read_down(data: bytes) -> Iterator[object]:
    """A stream from whotop, as simulated machines read it."""
    yield _fed(down_decoder(), cut(data))


def _fed(decoder: FrameDecoder[Up] | FrameDecoder[Down], pieces: Iterable[bytes]) -> tuple[int, str]:
    """How many messages, and what was wrong then. Their texts are as received: nothing shows them as they are."""
    messages: list[Message] = []
    try:
        for piece in pieces:
            messages += decoder.feed(piece)
    except WireError as error:
        return len(messages), str(error)
    finally:
        assert decoder.opened_bytes <= (len(messages) + 1) * limits.OPENED_BYTES
    return len(messages), ""


def read_envelope(data: bytes) -> Iterator[object]:
    """What a shell has sealed, in DER and as its lines."""
    for sealed in (b64encode(data), data):
        try:
            EnvelopeOpener(NONCE).open(0, HEADER, sealed)
        except WireError as error:
            yield str(error)


def read_lines_down(data: bytes) -> Iterator[object]:
    """Answers to a shell that are made of what a machine said: each line is what it was meant to be."""
    origin, _, mark = data[:256].partition(b"\0")
    name = origin.decode("utf-8", "replace")[:64]
    cursor = Cursor(file=FileIdentity(device=1, inode=2, head=mark), offset=3, tail=mark, mark=mark)
    for message in (Read(origins=(name, name)), Start(nonce=NONCE, cursors={name: cursor}), Stop()):
        yield words(LineEncoder().encode(message))
    yield words(LineEncoder().encode(Request(id=1, kind="processes", pid=len(data))))


_WORDS_OF_LINES = {"cursor": 8, "start": 6, "request": 4, "stop": 1, "acknowledge": 3}


def words(lines: bytes) -> list[list[str]]:
    """The words of each line, of which a machine chose none."""
    assert lines.endswith(b"\n")
    found = [line.split(" ") for line in lines.decode("ascii").splitlines()]
    assert {line[0] for line in found} <= _WORDS_OF_LINES.keys() | {"read"}
    assert all(len(line) == _WORDS_OF_LINES[line[0]] for line in found if line[0] != "read")
    return found
