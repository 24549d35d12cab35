"""An event: something that a machine wrote down about a login, a logout, or itself."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from whotop.model.outcome import Outcome


class EventKind(StrEnum):
    """What happened."""

    LOGIN = "login"
    LOGOUT = "logout"
    FAILED_LOGIN = "failed"
    BOOT = "boot"
    SHUTDOWN = "shutdown"
    CLOCK_CHANGE = "clock change"
    LOCK = "lock"
    UNLOCK = "unlock"
    LOG_CLEARED = "log cleared"


class Origin(StrEnum):
    """Where a machine keeps logins; FILE is an event table named on the command line.

    PROC is what running processes tell where nothing else does; WTS and EVENT_LOG are Windows' own.
    """

    LOGIND = "logind"
    UTMP = "utmp"
    WTMP = "wtmp"
    BTMP = "btmp"
    WTMPDB = "wtmpdb"
    JOURNAL = "journal"
    AUTH_LOG = "auth.log"
    LASTLOG = "lastlog"
    PROC = "proc"
    WHO = "who"
    WTS = "wts"
    EVENT_LOG = "event log"
    FILE = "file"


class Standing(StrEnum):
    """How an event came to us: LIVE and LATE are judged by rules, HISTORY never is."""

    LIVE = "live"
    LATE = "late"
    """Written while nobody watched: judged once, and marked."""
    HISTORY = "history"
    """Read at a first contact or imported."""


class RawText(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Texts as received, only those that ``text.safe`` changed; bytes as ``latin-1`` text.

    Keys and actions use these, never the safe form: two users whose names differ in an invisible
    character are two users.
    """

    user: str | None = None
    tty: str | None = None
    source: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One event. Parsers fill what the record holds; the tracker adds the last group."""

    machine: str
    kind: EventKind
    time_us: int
    """The machine's own time. It identifies the event."""
    user: str = ""
    tty: str = ""
    source: str = ""
    """Where the login came from: an address or a host name. Empty for a console."""
    origin: Origin = Origin.FILE
    session_id: str = ""
    """logind's session id."""
    leader_pid: int = 0
    """logind's leader process; 0 unknown."""
    login_pid: int = 0
    """``ut_pid``: with OpenSSH a child of the leader, so never compared with it; 0 unknown."""
    boot_id: str = ""
    record_id: str = ""
    """The record's own id where its origin has one (a journal cursor, an EventRecordID)."""
    ordinal: int = 0
    """0 for the first of records that are equal in all of the above, 1 for the next…"""
    service: str = ""
    detail: str = ""
    """What else the record says, for people: a kernel release, a run level."""
    raw: RawText | None = None

    standing: Standing = Standing.LIVE
    seen_us: int = 0
    """When whotop saw it, by its own clock."""
    skew_us: int = 0
    """How far the machine's clock was ahead of ours then."""

    key: bytes = b""
    """Unique in the store, 16 bytes; see ``core.keys``."""
    session_key: bytes = b""
    """The session that this login opened or this logout ended."""
    duration_us: int | None = None
    """Of a logout: how long the session lasted. Negative when the clock was stepped. A record that holds
    both ends of a session tells it, and is known by it."""
    outcome: Outcome | None = None
    """Of a logout: how the session ended."""

    @property
    def fleet_time_us(self) -> int:
        """The event's time on whotop's clock: what orders events of different machines."""
        return self.time_us - self.skew_us
