"""Lines: what goes down to a probe that is a shell, which can read lines and cannot read frames.

Each message is one line of words with single spaces between, the first of which names it
(docs/protocol.md, "Down to a shell"). No word comes from a machine as it is: names are checked,
numbers are numbers, and what a machine chose is base64. Nothing in a line is ever evaluated.
"""

from __future__ import annotations

import re
from base64 import b64encode

from whotop.wire.messages import Acknowledge, Cursor, Message, Read, Request, Start, Stop

_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_NOTHING = "-"
"""An empty word would be lost between two spaces."""


class LineEncoder:
    """Makes the lines of one connection; in the place of a ``FrameEncoder``."""

    def encode(self, message: Message) -> bytes:
        """One message, as one line, or more where a start brings cursors.

        Raises TypeError for a message that does not go down.
        """
        match message:
            case Start():
                return _start(message)
            case Acknowledge(origin=origin, offset=offset):
                return _line("acknowledge", origin, offset)
            case Read(origins=origins):
                return _line("read", *(one for one in origins if _WORD.match(one)))
            case Request(id=number, kind=kind, pid=pid):
                return _line("request", number, kind, pid)
            case Stop():
                return _line("stop")
        raise TypeError(f"a {type(message).__name__} does not go down")


def _start(start: Start) -> bytes:
    """The cursors first: at the word ``start`` the probe begins."""
    cursors = [_cursor(origin, cursor) for origin, cursor in start.cursors.items() if _WORD.match(origin)]
    told = (start.version, start.nonce, start.interval_ms, start.tick_ms, start.history_bytes)
    return b"".join(cursors) + _certificate(start.certificate) + _line("start", *told)


def _certificate(der: bytes) -> bytes:
    """Words of 64 characters, as PEM has lines (RFC 7468)."""
    text = b64encode(der).decode("ascii")
    words = (text[place : place + 64] for place in range(0, len(text), 64))
    return _line("certificate", *words) if der else b""


def _cursor(origin: str, cursor: Cursor) -> bytes:
    file = cursor.file
    places = (file.device, file.inode, _base64(file.head), cursor.offset, _base64(cursor.tail), _base64(cursor.mark))
    return _line("cursor", origin, *places)


def _line(*words: str | int) -> bytes:
    return " ".join(map(str, words)).encode("ascii") + b"\n"


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii") or _NOTHING
