"""The shell's probe on a machine whose files are a folder of the test's."""

from __future__ import annotations

import os
import select
import shutil
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from tests.probe.spoken import PATIENCE_SECONDS, SpokenProbe
from whotop import probe
from whotop.wire.envelope import EnvelopeRecipient
from whotop.wire.frames import up_decoder
from whotop.wire.lines import LineEncoder
from whotop.wire.messages import Acknowledge, Cursor, Read, Records, Start

SHELLS = {
    "dash": ["dash"],
    "bash": ["bash", "--posix"],
    "busybox": ["busybox", "ash"],
    "ksh": ["ksh"],
    "mksh": ["mksh"],
    "zsh": ["zsh", "--emulate", "sh"],
}
"""Those that somebody's ``sh`` may be; what is not installed here is skipped."""
SCRIPT = 'LC_ALL=C; export LC_ALL; read -r n && eval "$(dd bs=1 count=$n 2>/dev/null)"'
"""What the loader runs in the shell that it has chosen."""


Begin = Callable[..., "RunningShell"]
"""Starts the probe under the shell of a name."""


def record(number: int) -> bytes:
    """One of wtmp, of a login on that pts."""
    return struct.pack("<hxxi32s4s32s", 7, number, b"pts/%d" % number, b"", b"anna").ljust(384, b"\0")


def installed() -> list[str]:
    return [name for name, command in SHELLS.items() if shutil.which(command[0])]


class ShellMachine:
    """The places that the probe looks at, moved into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sessions = folder / "run/systemd/sessions"
        self.utmp = folder / "run/utmp"
        self.wtmp = folder / "log/wtmp"
        self.wtmp.parent.mkdir()
        self.utmp.parent.mkdir()

    @property
    def source(self) -> bytes:
        text = probe.posix_source()
        for place, instead in (("/var/log/", "log"), ("/var/run/", "run"), ("/run/", "run")):
            for before in " ='":
                text = text.replace(
                    f"{before}{place}".encode(), before.encode() + os.fsencode(self.folder / instead) + b"/"
                )
        return text

    def session(self, name: str, text: str) -> None:
        """Write a session file as logind does: beside it, then renamed."""
        self.sessions.mkdir(parents=True, exist_ok=True)
        beside = self.sessions / f".#{name}"
        beside.write_text(text, "latin-1")
        beside.rename(self.sessions / name)


def has_ended(pid: int) -> bool:
    """Whether it ends while one waits for it."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(process)


class RunningShell(SpokenProbe):
    """A shell's probe, in a session of its own: what it leaves behind is found and ended."""

    def __init__(
        self,
        shell: str,
        source: bytes,
        *,
        cursors: Mapping[str, Cursor] | None = None,
        history_bytes: int = 7_680_000,
        environment: Mapping[str, str] | None = None,
        before: str = "",
        seals: bool = False,
    ) -> None:
        nonce = token_hex(16)
        recipient = EnvelopeRecipient(nonce) if seals else None
        super().__init__(
            [str(shutil.which(SHELLS[shell][0])), *SHELLS[shell][1:], "-c", before + SCRIPT],
            LineEncoder(),
            up_decoder(nonce, recipient),
            start_new_session=True,
            env=environment,
        )
        self.write(b"%d\n" % len(source) + source)
        start = Start(
            nonce=nonce, interval_ms=500, tick_ms=50, cursors=dict(cursors or {}), history_bytes=history_bytes
        )
        self.send(start if recipient is None else recipient.asked(start))

    @property
    def is_sealed(self) -> bool:
        """Whether what it sends is sealed."""
        return self._decoder.seals is not None

    def next_records(self) -> Records:
        """The next piece, acknowledged."""
        records = self.next(Records)
        self.send(Acknowledge(origin=records.origin, offset=records.cursor.offset))
        return records

    def read_on(self) -> None:
        self.send(Read(origins=("wtmp", "btmp")))

    def left_behind(self) -> list[int]:
        """Processes of its session that do not end by themselves."""
        return [pid for pid in self._running() if not has_ended(pid)]

    def close(self) -> None:
        for pid in self._running():
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        super().close()

    def _running(self) -> list[int]:
        return [
            pid
            for pid in map(int, filter(str.isdigit, (one.name for one in Path("/proc").iterdir())))
            if self._is_ours(pid)
        ]

    def _is_ours(self, pid: int) -> bool:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("latin-1")
        except OSError:
            return False
        fields = stat.rsplit(")", 1)[1].split()
        return fields[0] != "Z" and int(fields[3]) == self.process.pid
