"""A transition: what one report changed."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from whotop.model import Event, Session


class What(StrEnum):
    """What became of the session."""

    OPENED = "opened"
    """A session is known for the first time (it may be over already)."""
    IMPROVED = "improved"
    """A second origin knew more about it: its terminal, its source…"""
    CLOSED = "closed"
    CORRECTED = "corrected"
    """Its end was only concluded, and a record knows better; or it is open after all."""
    NOTED = "noted"
    """No session is concerned: a boot, a failed login, a logout without a login."""


class Transition(msgspec.Struct, frozen=True, gc=False):
    """One change to one session, and the event to be kept with it."""

    what: What
    session: Session | None
    """As it is now."""
    event: Event | None
    """The accepted event, complete with key, session key, duration and outcome. One with the key of
    an earlier event replaces it."""
