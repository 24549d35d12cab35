"""A machine's life: connecting → up → stale (two missed intervals) → down (three, or no connection).

A sample is missed when its interval has passed without it, so a machine is stale when the last one
is more than two intervals old. A connection that has been lost leaves the machine down while it is
tried again; from the probe's hello to its first sample it is connecting.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from whotop.clock import SECOND_US
from whotop.model import MachineState, Trouble
from whotop.text import duration

STALE_INTERVALS = 2
DOWN_INTERVALS = 3


class Link(StrEnum):
    """How the connection stands."""

    CONNECTING = "connecting"
    UP = "up"
    """The probe has said hello."""
    LOST = "lost"


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of our contact with one machine."""

    link: Link = Link.CONNECTING
    since_us: int = 0
    """Of a link that is up: when its hello came."""
    reason: str = ""
    """Why the last connection was lost or not made; empty before the first trouble. Safe text."""
    trouble: Trouble | None = None
    """The kind of that reason."""
    last_sample_us: int = 0
    """When the last good sample came, over whichever connection; 0 never."""
    interval_seconds: float = 5.0


class Verdict(msgspec.Struct, frozen=True):
    """What a machine's row says."""

    state: MachineState
    reason: str = ""
    """Constant while the state is: the age of the last sample is shown beside it."""
    until_us: int | None = None
    """When it changes by itself if nothing is heard; None: never."""


def judge(contact: Contact, now_us: int) -> Verdict:
    """The state that a machine is in."""
    if contact.link is Link.UP:
        return _connected(contact, now_us)
    if contact.link is Link.LOST or contact.reason:
        return Verdict(MachineState.DOWN, contact.reason or "connection lost")
    return Verdict(MachineState.CONNECTING)


def _connected(contact: Contact, now_us: int) -> Verdict:
    sampled = contact.last_sample_us >= contact.since_us and contact.last_sample_us > 0
    heard_us = contact.last_sample_us if sampled else contact.since_us
    interval_us = round(contact.interval_seconds * SECOND_US)
    stale_us, down_us = heard_us + STALE_INTERVALS * interval_us, heard_us + DOWN_INTERVALS * interval_us
    if now_us > down_us:
        return Verdict(MachineState.DOWN, f"connected, but silent for {duration(DOWN_INTERVALS * interval_us / 1e6)}")
    if not sampled:
        return Verdict(MachineState.CONNECTING, until_us=down_us)
    if now_us > stale_us:
        return Verdict(MachineState.STALE, f"no sample for {duration(STALE_INTERVALS * interval_us / 1e6)}", down_us)
    return Verdict(MachineState.UP, until_us=stale_us)
