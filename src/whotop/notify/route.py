"""A route: what takes messages out of whotop, by mail or by chat."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

import msgspec

from whotop.model.delivery import Channel, Delivery


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message: sent where there is no error."""

    delivery: Delivery
    error: str = ""
    """One line of safe text that names the target or the server."""
    is_final: bool = False
    """Whether trying again is of no use."""


class Route(Protocol):
    """Sends the messages of one channel, or of one target of it. A hanging one hangs for itself alone."""

    channel: Channel
    target: str
    """Empty: all targets of the channel."""

    def send(self, deliveries: Sequence[Delivery]) -> AsyncGenerator[Outcome, None]:
        """Try each once, and tell of each as soon as it is known."""
        ...
