"""One reading of the machine each interval: a few lines of /proc, as they are."""

import os
import time

from whotop.probe.linux.disks import disk_reports
from whotop.probe.linux.files import KeptFile, base64_text, folded
from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.terminals import pseudo_terminals, terminal_reports

DISK_SECONDS = 30
INTERFACE_LIMIT = 16
MEMORY_LINES = (b"MemTotal:", b"MemAvailable:", b"SwapTotal:", b"SwapFree:")
OLD_MEMORY_LINES = (*MEMORY_LINES, b"MemFree:", b"Buffers:", b"Cached:")
"""For kernels before 3.14, which do not say what is available."""


def memory_lines(meminfo: bytes) -> bytes:
    """Give the lines of /proc/meminfo that matter."""
    wanted = MEMORY_LINES if b"\nMemAvailable:" in meminfo else OLD_MEMORY_LINES
    return b"\n".join(folded(line) for line in meminfo.split(b"\n") if line.startswith(wanted))


def is_hardware(interface: bytes) -> bool:
    """Whether an interface has a device: bridges and tunnels count the same bytes a second time."""
    return os.path.exists(b"/sys/class/net/" + interface + b"/device")


class Network:
    """The lines of /proc/net/dev that count each byte once."""

    def __init__(self) -> None:
        self._file = KeptFile(b"/proc/net/dev", 65536)
        self._is_hardware = {}  # type: dict[bytes, bool]

    def lines(self) -> bytes:
        """Give the lines of hardware interfaces; where there are none (a container), of all but ``lo``."""
        lines = {}  # type: dict[bytes, bytes]
        for line in self._file.read().split(b"\n")[2:]:
            name = line.split(b":")[0].strip()
            if name and name != b"lo":
                lines[name] = line
        self._is_hardware = {name: self._known(name) for name in lines}
        chosen = [name for name in lines if self._is_hardware[name]] or list(lines)
        return b"\n".join(folded(lines[name]) for name in chosen[:INTERFACE_LIMIT])

    def _known(self, name: bytes) -> bool:
        known = self._is_hardware.get(name)
        return is_hardware(name) if known is None else known


class FiguresReader:
    """Reads and sends figures; disks every 30 s, terminals when one of them had input."""

    def __init__(self, writer: FrameWriter) -> None:
        self._writer = writer
        self._stat = KeptFile(b"/proc/stat", 512)
        self._meminfo = KeptFile(b"/proc/meminfo", 1024)
        self._loadavg = KeptFile(b"/proc/loadavg", 128)
        self._uptime = KeptFile(b"/proc/uptime", 128)
        self._network = Network()
        self._disks_at = 0.0
        self._terminals = None  # type: list[list[object]] | None

    def send(self, now: float, consoles: "list[bytes]") -> None:
        """Send one reading; ``now`` is monotonic, ``consoles`` are those that somebody is logged in on."""
        message = {
            "type": "figures",
            "clock_us": int(time.time() * 1000000),
            "stat": base64_text(folded(self._stat.read().split(b"\n")[0])),
            "meminfo": base64_text(memory_lines(self._meminfo.read())),
            "loadavg": base64_text(self._loadavg.read().rstrip()),
            "uptime": base64_text(self._uptime.read().rstrip()),
            "network": base64_text(self._network.lines()),
        }  # type: dict[str, object]
        if not self._disks_at or now - self._disks_at >= DISK_SECONDS:
            self._disks_at = now
            message["disks"] = disk_reports()
        terminals = terminal_reports(pseudo_terminals(), consoles)
        if terminals != self._terminals:
            self._terminals = message["terminals"] = terminals
        self._writer.write(message)
