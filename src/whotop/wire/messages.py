"""The messages of the protocol, each with the bounds that it must keep.

A payload is one JSON object. Every byte string that was read on a machine travels as base64 (a
field of type ``bytes`` here) and is interpreted by ``whotop.parse``, never by the probe. Unknown
fields are ignored, so that either end may be newer.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

VERSION = 1

MICROSECONDS = Meta(ge=0, le=2**53)
COUNT = Meta(ge=0, le=2**63 - 1)
PID = Meta(ge=0, le=2**31 - 1)
SHORT = Meta(max_length=512)
LONG = Meta(max_length=65_536)
"""Of bytes, after base64."""

Microseconds = Annotated[int, MICROSECONDS]
Count = Annotated[int, COUNT]
Pid = Annotated[int, PID]
ShortBytes = Annotated[bytes, SHORT]
LongBytes = Annotated[bytes, LONG]
Name = Annotated[str, Meta(max_length=64)]


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every message is."""


# --- from the machine up ---------------------------------------------------------------------


class OriginReport(Message, frozen=True):
    """What the probe found out about one origin."""

    name: Name
    path: ShortBytes
    state: Name
    """``readable``, ``unreadable`` or ``absent``."""
    group: ShortBytes = b""
    """Of an unreadable one: the group that owns it."""
    changed_us: Microseconds = 0
    """When it was last written to, by the machine's clock; 0 unknown."""


class Hello(Message, frozen=True, tag="hello"):
    """The first message: who answers, and what it can read."""

    version: Annotated[int, Meta(ge=1, le=1000)]
    probe: Name
    """``linux`` for probe/linux, ``posix`` for probe/posix.sh, ``windows`` for probe/windows.ps1."""
    interpreter: Name
    clock_us: Microseconds
    boot_id: ShortBytes
    hostname: ShortBytes
    kernel: ShortBytes
    architecture: ShortBytes
    os_release: LongBytes
    """/etc/os-release."""
    cpu_count: Annotated[int, Meta(ge=0, le=100_000)]
    clock_ticks: Annotated[int, Meta(ge=1, le=1_000_000)]
    """Of /proc, per second (SC_CLK_TCK)."""
    uid: Annotated[int, Meta(ge=0, le=2**32 - 1)]
    ancestors: Annotated[tuple[Pid, ...], Meta(max_length=64)]
    """The probe's parent, grandparent…: one of them leads the only session that is hidden."""
    origins: Annotated[tuple[OriginReport, ...], Meta(max_length=32)]
    boot_us: Microseconds = 0
    """When it booted, by its own clock; 0 unknown."""
    zone: ShortBytes = b""
    """Its time zone, which old log stamps are in: ``Europe/Berlin +0100``, or the offset alone."""


class FileSystem(Message, frozen=True, array_like=True):
    """One mounted local file system, as statvfs(3) tells it, in bytes."""

    mount: ShortBytes
    size: Count
    free: Count
    available: Count


class Terminal(Message, frozen=True, array_like=True):
    """One entry of /dev/pts (``pts/0``) or a login terminal (``tty1``)."""

    name: ShortBytes
    accessed_us: Microseconds
    uid: Annotated[int, Meta(ge=0, le=2**32 - 1)]


class Figures(Message, frozen=True, tag="figures"):
    """One reading of /proc, each interval. Lines as they are, runs of spaces folded to one."""

    clock_us: Microseconds
    stat: LongBytes = b""
    """The first line of /proc/stat."""
    meminfo: LongBytes = b""
    """Its lines MemTotal, MemAvailable, SwapTotal, SwapFree; on kernels before 3.14, which do not say
    what is available, also MemFree, Buffers, Cached."""
    loadavg: LongBytes = b""
    uptime: LongBytes = b""
    network: LongBytes = b""
    """The lines of /proc/net/dev of at most 16 hardware interfaces; where there are none, of all but ``lo``."""
    disks: Annotated[tuple[FileSystem, ...], Meta(max_length=16)] | None = None
    """None: as last told (they are read every 30 s)."""
    terminals: Annotated[tuple[Terminal, ...], Meta(max_length=1024)] | None = None
    """None: as last told."""
    sysctl: LongBytes = b""
    """Of a system without /proc: what its own programs say (probe/posix.sh)."""
    windows: LongBytes = b""
    """Of Windows: one JSON object (probe/windows.ps1)."""


class LogindSession(Message, frozen=True):
    """One file of /run/systemd/sessions."""

    id: ShortBytes
    data: LongBytes
    tty_nr: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] = 0
    """Controlling terminal of the leader's children, where the file names none (/proc/PID/stat)."""


class ProcessSession(Message, frozen=True):
    """A process of /proc that leads a login: sshd's process for one user, or a login shell's session leader."""

    stat: LongBytes
    """Its /proc/PID/stat."""
    cmdline: LongBytes = b""
    uid: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    """Whose login it is: the uid that the process acts with."""
    user: ShortBytes = b""
    """The name of that number in /etc/passwd."""
    source: ShortBytes = b""
    """The far end of its SSH connection, where the process's own files tell."""
    started_us: Microseconds = 0
    """When it started, by the machine's clock."""


class Sessions(Message, frozen=True, tag="sessions"):
    """The full list of open sessions, whenever it changes. A field of None: no such origin here."""

    clock_us: Microseconds
    boot_id: ShortBytes
    logind: Annotated[tuple[LogindSession, ...], Meta(max_length=10_000)] | None = None
    utmp: Annotated[bytes, Meta(max_length=786_432)] | None = None
    """The whole utmp file."""
    terminals: Annotated[tuple[Terminal, ...], Meta(max_length=1024)] = ()
    """A utmp record whose pts is not among them is a leftover."""
    left_out: Count = 0
    """Sessions of logind that did not fit into the frame."""
    proc: Annotated[tuple[ProcessSession, ...], Meta(max_length=1024)] | None = None
    """The last resort: processes that look like a login's. Only where neither logind nor utmp answers."""
    who: LongBytes | None = None
    """What ``who`` printed under LC_ALL=C (probe/posix.sh on systems whose records it cannot read)."""
    wts: LongBytes | None = None
    """Of Windows: one JSON array of its terminal sessions."""


class FileIdentity(Message, frozen=True):
    """Which file it is: rotation gives a path to another file, and inodes are used again."""

    device: Count
    inode: Count
    head: ShortBytes
    """Digest of its first 384 bytes, or of those before the offset where that is less."""


class Cursor(Message, frozen=True):
    """How far an origin has been read. Kept in the store with the events that it covers."""

    file: FileIdentity
    offset: Count
    tail: ShortBytes
    """Digest of the (at most) 384 bytes before ``offset``."""
    mark: ShortBytes = b""
    """The place as an origin names it that is no plain file: a journal's cursor, a database's newest row.
    ``offset`` then only grows by one with each piece, to be acknowledged."""
    own: Annotated[tuple[Count, ...], Meta(max_length=32)] = ()
    """By what whotop's own connections are known, whose end may yet be told of: of logs the processes that led
    them, of wtmpdb when they began in µs. Nothing to the probe."""


class Records(Message, frozen=True, tag="records"):
    """A piece of a file of records, in order. The next is sent when enough have been acknowledged."""

    clock_us: Microseconds
    origin: Name
    data: Annotated[bytes, Meta(max_length=196_608)]
    start: Count
    """Offset of ``data`` in its file."""
    cursor: Cursor
    """Where it stands after ``data``: what is acknowledged, and given back at the next start."""
    first_contact: bool = False
    """There was no cursor: this is history."""
    backlog: bool = False
    """Written before this connection began, after the cursor: late, not history."""
    replaced: bool = False
    """The file is not the one that the cursor named, or is shorter than it was."""
    context: bool = False
    """All of it was taken in before, and is sent again only so that the lines behind it are understood."""


class Origins(Message, frozen=True, tag="origins"):
    """What can be read now, when that has changed since the hello."""

    origins: Annotated[tuple[OriginReport, ...], Meta(max_length=32)]


class ProcessReport(Message, frozen=True):
    """One process: its /proc files."""

    stat: LongBytes
    cmdline: LongBytes


class Answer(Message, frozen=True, tag="answer"):
    """The answer to a request."""

    id: Count
    error: ShortBytes = b""
    processes: Annotated[tuple[ProcessReport, ...], Meta(max_length=500)] = ()
    uptime: LongBytes = b""
    """/proc/uptime, to date the processes."""
    clock_us: Microseconds = 0


class Goodbye(Message, frozen=True, tag="goodbye"):
    """The probe ends, and says why."""

    reason: ShortBytes = b""


Up = Hello | Figures | Sessions | Records | Answer | Goodbye | Origins


# --- down to the machine ---------------------------------------------------------------------


class SealOffer(Message, frozen=True):
    """The collector's half of the secret with which a connection's frames are sealed (docs/protocol.md)."""

    public_key: ShortBytes
    psk: ShortBytes

    def __repr__(self) -> str:
        return "SealOffer(…)"


class Start(Message, frozen=True, tag="start", omit_defaults=False):
    """The first message down, sent right behind the probe's source."""

    version: int = VERSION
    nonce: str = ""
    """32 hexadecimal digits; the probe begins with ``whotop-probe/1 NONCE`` and a newline."""
    interval_ms: int = 5_000
    tick_ms: int = 250
    """How often session files and records are looked at."""
    history_bytes: int = 7_680_000
    """How far back to read at a first contact: 20,000 records of 384 bytes."""
    cursors: dict[str, Cursor] = {}
    seal: SealOffer | None = None
    """With one, every frame after this is sealed, in both directions."""
    certificate: bytes = b""
    """Of a key for envelopes, in DER: to a shell, which seals what it sends if it can."""


class Read(Message, frozen=True, tag="read"):
    """Which origins of records to send, of those that the hello or a later list named. May come again."""

    origins: tuple[str, ...]


class Acknowledge(Message, frozen=True, tag="acknowledge"):
    """All of an origin up to ``offset`` is safely in the store."""

    origin: str
    offset: int


class Request(Message, frozen=True, tag="request", omit_defaults=False):
    """Asks for the processes that descend from ``pid`` (itself included)."""

    id: int
    kind: str
    """``processes``."""
    pid: int = 0


class Stop(Message, frozen=True, tag="stop"):
    """We leave; the probe ends."""


Down = Start | Acknowledge | Request | Stop | Read
