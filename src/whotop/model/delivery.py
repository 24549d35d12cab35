"""A delivery: one message to one target, from when it is queued until it is sent or given up."""

from __future__ import annotations

from enum import StrEnum

import msgspec

CLAIMED_AT_ONCE = 1_000
"""Messages that a sender takes in hand at a time."""


class Channel(StrEnum):
    """By what a message goes out."""

    MAIL = "mail"
    CHAT = "chat"


class DeliveryKind(StrEnum):
    """What it tells."""

    OPEN = "open"
    RESOLVE = "resolve"
    REMIND = "remind"
    DIGEST = "digest"
    """Several messages to one target that came at once, in one."""
    EVENTS = "events"
    """The security events that a Windows machine has told."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one target. Subject and body are safe text; the subject is one line."""

    key: bytes
    """Unique in the store, 16 bytes: the same news for the same target has the same key."""
    channel: Channel
    target: str
    """A mail address, or the name of a chat."""
    kind: DeliveryKind
    alert: bytes = b""
    """Key of the alert that it tells of; empty for a digest and for events."""
    machine: str = ""
    """The machine that it is about; empty for several."""
    subject: str
    body: str
    created_us: int
    due_us: int | None
    """When it is to be tried next; None when it is not: it is sent, given up, or part of a digest."""
    attempts: int = 0
    last_error: str = ""
    """Why the last attempt failed; safe text."""
    sent_us: int | None = None
    given_up_us: int | None = None
    """When it was given up: the target refuses it for good, or it has waited for too long."""
    merged_into: bytes = b""
    """Key of the digest that carries it."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be sent by itself."""
        return self.due_us is not None
