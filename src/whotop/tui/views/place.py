"""Places that one can go to: each equals itself alone, though a machine and a user be named alike."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class MachinePlace(msgspec.Struct, frozen=True):
    """The screen of a machine."""

    machine: str


class UserPlace(msgspec.Struct, frozen=True):
    """The screen of a user."""

    user: str


class SourcePlace(msgspec.Struct, frozen=True):
    """The screen of a source."""

    source: str


class SessionPlace(msgspec.Struct, frozen=True):
    """The processes of a session."""

    session: bytes


class AlertPlace(msgspec.Struct, frozen=True):
    """The screen of an alert."""

    alert: bytes


class UsagePlace(msgspec.Struct, frozen=True):
    """The screen of usage: there is one."""


Place: TypeAlias = MachinePlace | UserPlace | SourcePlace | SessionPlace | AlertPlace | UsagePlace
