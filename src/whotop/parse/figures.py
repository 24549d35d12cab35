"""What a reading needs of the figures that the wire brings; this room knows no frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class FileSystemLike(Protocol):
    """A file system as the wire brings it."""

    @property
    def mount(self) -> bytes:
        """Where it is mounted."""
        ...

    @property
    def size(self) -> int:
        """All of it, in bytes."""
        ...

    @property
    def free(self) -> int:
        """Free bytes."""
        ...

    @property
    def available(self) -> int:
        """Free bytes that a user without privileges may take."""
        ...


class TerminalLike(Protocol):
    """A terminal as the wire brings it."""

    @property
    def name(self) -> bytes:
        """As in /dev."""
        ...

    @property
    def accessed_us(self) -> int:
        """When it last had input."""
        ...


class FiguresLike(Protocol):
    """Figures as the wire brings them."""

    @property
    def stat(self) -> bytes:
        """The first line of /proc/stat."""
        ...

    @property
    def meminfo(self) -> bytes:
        """Lines of /proc/meminfo."""
        ...

    @property
    def loadavg(self) -> bytes:
        """/proc/loadavg."""
        ...

    @property
    def uptime(self) -> bytes:
        """/proc/uptime."""
        ...

    @property
    def network(self) -> bytes:
        """Lines of /proc/net/dev."""
        ...

    @property
    def clock_us(self) -> int:
        """The machine's clock."""
        ...

    @property
    def sysctl(self) -> bytes:
        """What the programs of FreeBSD and macOS print, which have no /proc."""
        ...

    @property
    def windows(self) -> bytes:
        """One JSON object of Windows, which has no /proc."""
        ...

    @property
    def disks(self) -> Sequence[FileSystemLike] | None:
        """File systems; None: as last told."""
        ...

    @property
    def terminals(self) -> Sequence[TerminalLike] | None:
        """Terminals; None: as last told."""
        ...
