"""What a source of records has sent, opened."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

from tests.probe.conftest import Collected
from whotop.probe.linux.source import Source


class Piece:
    """One piece of lines."""

    def __init__(self, message: dict[str, Any]) -> None:
        self.cursor: dict[str, Any] = message["cursor"]
        self.number: int = message["cursor"]["offset"]
        self.mark = b64decode(message["cursor"]["mark"])
        self.data = b64decode(message["data"])
        self.marks = {name for name in ("first_contact", "backlog", "replaced", "context") if message.get(name)}

    @property
    def rows(self) -> list[list[Any]]:
        """Its lines, each a JSON array."""
        return [json.loads(line) for line in self.data.splitlines()]


def sent(written: Collected, source: Source, looks: int = 3) -> list[Piece]:
    """What it sends in so many looks, each acknowledged at once."""
    pieces = []
    for _ in range(looks):
        source.look()
        while source.can_send:
            source.send_piece()
            piece = Piece(written.messages.pop())
            source.acknowledge(piece.number)
            pieces.append(piece)
    return pieces
