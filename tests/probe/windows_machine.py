"""A machine with the C# of the Windows probe and a stand-in for the libraries of Windows, run by Mono."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from tests.probe.spoken import SpokenProbe
from whotop import probe
from whotop.wire.frames import FrameEncoder, up_decoder
from whotop.wire.messages import Acknowledge, Cursor, FileIdentity, Hello, Read, Records, Start

NOON = 134_396_496_000_000_000
"""FILETIME of 2026-11-20T12:00Z."""
LIBRARIES = ("wtsapi32.dll", "secur32.dll", "wevtapi.dll", "kernel32.dll", "advapi32.dll")

needs_mono = pytest.mark.skipif(
    not all(map(shutil.which, ("mono", "mcs", "gcc"))), reason="needs mono, mcs and gcc to run C# without Windows"
)


def compiled(folder: Path) -> Path:
    """Compile the probe, in the language that the compiler of Windows PowerShell 5.1 knows, and the stand-in."""
    code, program, library = folder / "probe.cs", folder / "probe.exe", folder / "libwindows.so"
    main = 'class Begin { static int Main() { return Whotop.Probe.Run("1.0"); } }'
    code.write_text(f"{probe.windows_code()}\n{main}\n", "utf-8")
    references = ["-r:System.Core", "-r:System.Xml", "-r:System.Runtime.Serialization"]
    subprocess.run(["mcs", "-langversion:5", "-warnaserror", *references, f"-out:{program}", str(code)], check=True)
    stand_in = Path(__file__).parent / "windows_stand_in.c"
    subprocess.run(["gcc", "-w", "-shared", "-fPIC", "-o", str(library), str(stand_in)], check=True)
    maps = "".join(f'<dllmap dll="{name}" target="{library}"/>' for name in LIBRARIES)
    program.with_suffix(".exe.config").write_text(f"<configuration>{maps}</configuration>", "utf-8")
    return program


class WindowsMachine:
    """A machine whose state is a folder."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._running: list[Running] = []
        self.say("events")

    def say(self, name: str, *lines: str) -> None:
        """Let it have these events, sessions or logons."""
        written = self._folder / f"{name}.new"
        written.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        written.rename(self._folder / name)

    def probe(self, cursor: Cursor | None = None, history_bytes: int = 7_680_000) -> Running:
        self._running.append(Running(self._program, self._folder, cursor, history_bytes))
        return self._running[-1]

    def close(self) -> None:
        for one in self._running:
            one.close()


class Running(SpokenProbe):
    """The probe of Windows, in the folder of its machine."""

    def __init__(self, program: Path, folder: Path, cursor: Cursor | None, history_bytes: int) -> None:
        nonce = token_hex(16)
        environment = {"STAND_IN": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
        super().__init__(["mono", str(program)], FrameEncoder(), up_decoder(nonce), env=environment)
        cursors = {} if cursor is None else {"event log": cursor}
        self.send(Start(nonce=nonce, interval_ms=500, tick_ms=50, cursors=cursors, history_bytes=history_bytes))
        self.hello = self.next(Hello)
        self.send(Read(origins=("event log",)))

    def records(self) -> tuple[Records, list[dict[str, Any]]]:
        """The next piece, acknowledged, and its lines."""
        piece = self.next(Records)
        self.send(Acknowledge(origin="event log", offset=piece.cursor.offset))
        return piece, [json.loads(line) for line in piece.data.splitlines()]


def event(record: int, event_id: int = 4625, time: str = "", **data: str) -> str:
    """A line of the log."""
    values = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>{event_id}</EventID>"
        f"<TimeCreated SystemTime='{time or f'2026-11-20T12:00:{record % 60:02}.0000000Z'}'/>"
        f"<EventRecordID>{record}</EventRecordID><Channel>Security</Channel><Computer>ws-07</Computer></System>"
        f"<EventData>{values}</EventData></Event>"
    )


def cursor(offset: int, record: int, time: str = "") -> Cursor:
    time = time or f"2026-11-20T12:00:{record % 60:02}.0000000Z"
    identity = FileIdentity(device=0, inode=0, head=b"")
    return Cursor(file=identity, offset=offset, tail=time.encode(), mark=str(record).encode())
