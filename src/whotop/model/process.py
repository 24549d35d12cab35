"""A process of a session, as the machine screen shows it."""

from __future__ import annotations

import msgspec


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One process."""

    pid: int
    parent_pid: int
    command: str
    """Its command line, or its name in brackets where it has none. Safe text."""
    state: str
    """The letter of /proc/PID/stat: R, S, D, Z, T…"""
    foreground: bool
    """Whether it belongs to its terminal's foreground process group (``w`` shows this one)."""
    started_us: int
    """By the machine's own clock."""
    cpu_seconds: float
