"""All open sessions, sent whenever they change: noticed within a tick."""

import os
import time

from whotop.probe.linux.files import base64_text, file_names, read_file
from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.logind import LogindSessions, is_kept
from whotop.probe.linux.proc_sessions import LOGIN_LIMIT, LoginProcesses
from whotop.probe.linux.terminals import TERMINAL_FOLDER, consoles_named_in, pseudo_terminals, terminal_reports

UTMP_PATHS = (b"/run/utmp", b"/var/run/utmp")
UTMP_BYTES = 585600
"""61 × 9,600: whole records of 384 and of 400 bytes, and 786,432 in base64 with room to spare."""
LOGIND_BYTES = 460800


def stamp_of(path: bytes) -> "tuple[int, int, int, int]":
    """Give what changes when a file or folder does, or who may read it: inode, size, times of change in ns."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def utmp_path() -> bytes:
    """Give where utmp lies here; its usual place if there is none."""
    for path in UTMP_PATHS:
        if os.path.exists(path):
            return path
    return UTMP_PATHS[0]


class SessionWatch:
    """Looks at what logind and utmp hold, and sends the whole list when it is another than before."""

    def __init__(self, writer: FrameWriter, boot_id: bytes, logind: LogindSessions, utmp: bytes) -> None:
        self.consoles = []  # type: list[bytes]
        self._writer = writer
        self._boot_id = boot_id
        self._logind = logind
        self._utmp = utmp
        self._stamp = ()  # type: tuple[object, ...]
        self._settled = False
        self._logind_kept = False
        self._terminals = []  # type: list[bytes]
        self._processes = None  # type: LoginProcesses | None
        self._sent = ()  # type: tuple[object, ...]

    def look_at_terminals(self) -> None:
        """See which terminals there are: one may vanish without a word in any file."""
        self._terminals = file_names(TERMINAL_FOLDER)

    def look(self) -> bool:
        """Send the sessions if they have changed; whether anything has. To be called every tick."""
        logind, utmp = stamp_of(self._logind.folder), stamp_of(self._utmp)
        stamp = (logind, utmp, self._terminals)
        is_news_of_processes = self._processes is not None and self._processes.look(time.monotonic())
        if stamp == self._stamp and self._settled and not self._logind.is_searching and not is_news_of_processes:
            return False
        # What is read in the same clock step as a change may miss the next change in that step.
        self._settled = stamp == self._stamp
        self._stamp = stamp
        self._logind_kept = self._logind_kept or is_kept(self._logind.folder)
        # What we may not read says nothing, and not that nobody is there.
        has_logind = logind[0] != 0 and self._logind_kept and os.access(self._logind.folder, os.R_OK | os.X_OK)
        # A utmp that is kept holds at least the boot: where nobody writes it, an empty one may lie about.
        has_utmp = utmp[1] != 0 and os.access(self._utmp, os.R_OK)
        self._turn_to_processes(not has_logind and not has_utmp)
        share = 1
        while not self._sent_within(share, has_logind, has_utmp):
            share *= 2
        return True

    def _turn_to_processes(self, as_last_resort: bool) -> None:
        """Ask the processes where nothing else tells who is there."""
        if not as_last_resort:
            self._processes = None
        elif self._processes is None:
            self._processes = LoginProcesses()
            self._processes.look(time.monotonic())

    def _sent_within(self, share: int, has_logind: bool, has_utmp: bool) -> bool:
        """Send what fits into 1/``share`` of the room; False if that was too large for a frame."""
        message = {"type": "sessions", "boot_id": base64_text(self._boot_id)}  # type: dict[str, object]
        left_out = 0
        data = b""
        read = time.time()
        if has_logind:
            message["logind"], left_out = self._logind.read(LOGIND_BYTES // share)
        if has_utmp:
            # Beside logind, utmp is a second opinion and gets less room.
            room = UTMP_BYTES // (3 if message.get("logind") else 1) // share // 9600 * 9600
            data = read_file(self._utmp, room)
            message["utmp"] = base64_text(data)
        processes = None if self._processes is None else self._processes.reports
        if self._processes is not None and processes is not None:
            read = self._processes.looked
            message["proc"] = processes[: LOGIN_LIMIT // share]
            left_out += len(processes[LOGIN_LIMIT // share :])
        self.consoles = consoles_named_in(data + self._logind.told)
        if left_out:
            message["left_out"] = left_out
        message["terminals"] = reports = terminal_reports(pseudo_terminals(), self.consoles)
        told = (message.get("logind"), message.get("utmp"), message.get("proc"), [(one[0], one[2]) for one in reports])
        if told == self._sent:
            return True
        # Whoever comes while it is read is not missing from it.
        message["clock_us"] = int(read * 1000000)
        if not self._writer.write(message):
            return False
        self._sent = told
        return True
