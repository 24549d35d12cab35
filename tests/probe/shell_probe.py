"""The shell's probe on a machine whose files are a folder of the test's."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from whotop import probe
from whotop.wire.envelope import EnvelopeRecipient
from whotop.wire.frames import up_decoder
from whotop.wire.lines import LineEncoder
from whotop.wire.messages import Acknowledge, Cursor, Message, Read, Records, Start, Up

MessageT = TypeVar("MessageT", bound=Message)

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


PATIENCE_SECONDS = 60
"""Longer than anything takes: a probe that says nothing fails its test, and does not hang it."""


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


class RunningShell:
    """A shell's probe in a process of its own, spoken to as the collector does."""

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
        self.process = subprocess.Popen(
            [str(shutil.which(SHELLS[shell][0])), *SHELLS[shell][1:], "-c", before + SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            env=environment,
        )
        self._encoder = LineEncoder()
        recipient = EnvelopeRecipient(nonce) if seals else None
        self._decoder = up_decoder(nonce, recipient)
        self._received: list[Up] = []
        self._write(b"%d\n" % len(source) + source)
        start = Start(
            nonce=nonce, interval_ms=500, tick_ms=50, cursors=dict(cursors or {}), history_bytes=history_bytes
        )
        self.send(start if recipient is None else recipient.asked(start))

    @property
    def is_sealed(self) -> bool:
        """Whether what it sends is sealed."""
        return self._decoder.seals is not None

    def send(self, message: Message) -> None:
        self._write(self._encoder.encode(message))

    def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def next(self, kind: type[MessageT]) -> MessageT:
        """The next message of a kind; others are put aside unread."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            while self._received:
                message = self._received.pop(0)
                if isinstance(message, kind):
                    return message
            assert self.process.stdout is not None
            ready = select.select([self.process.stdout], [], [], max(deadline - time.monotonic(), 0))[0]
            assert ready, f"no {kind.__name__} in {PATIENCE_SECONDS} s"
            data = self.process.stdout.read(65_536)
            assert data, f"the probe has ended: {self.complaint()}"
            self._received += self._decoder.feed(data)

    def next_records(self) -> Records:
        """The next piece, acknowledged."""
        records = self.next(Records)
        self.send(Acknowledge(origin=records.origin, offset=records.cursor.offset))
        return records

    def read_on(self) -> None:
        self.send(Read(origins=("wtmp", "btmp")))

    def complaint(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def status(self) -> int:
        """The exit status, once it has ended by itself."""
        return self.process.wait(timeout=20)

    def left_behind(self) -> list[int]:
        """Processes of its session that still run."""
        return [
            pid
            for pid in map(int, filter(str.isdigit, (one.name for one in Path("/proc").iterdir())))
            if self._is_ours(pid)
        ]

    def close(self) -> None:
        for pid in self.left_behind():
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _is_ours(self, pid: int) -> bool:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("latin-1")
        except OSError:
            return False
        fields = stat.rsplit(")", 1)[1].split()
        return fields[0] != "Z" and int(fields[3]) == self.process.pid

    def _write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view) :]
