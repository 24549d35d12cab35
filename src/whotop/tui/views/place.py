"""Places that one can go to from a row."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class MachinePlace(NamedTuple):
    """The screen of a machine."""

    machine: str


class UserPlace(NamedTuple):
    """The screen of a user."""

    user: str


class SourcePlace(NamedTuple):
    """The screen of a source."""

    source: str


class SessionPlace(NamedTuple):
    """The processes of a session."""

    session: bytes


class AlertPlace(NamedTuple):
    """The screen of an alert."""

    alert: bytes


class UsagePlace(NamedTuple):
    """The screen of usage: there is one."""


Place: TypeAlias = MachinePlace | UserPlace | SourcePlace | SessionPlace | AlertPlace | UsagePlace
