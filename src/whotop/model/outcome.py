"""How a session ended."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """In whotop's own words: ``last`` prints ``crash``, ``down`` and ``gone - no logout``."""

    OPEN = "open"
    LOGOUT = "logout"
    CRASH = "crash"
    """The machine booted again with no shutdown between."""
    SHUTDOWN = "shutdown"
    GONE = "gone"
    """No longer among the open sessions, and no logout record."""
