"""The session files of systemd-logind, which anyone may read."""

import os

from whotop.probe.linux.files import base64_text, file_names, read_file
from whotop.probe.linux.process_table import terminal_below

SESSION_FOLDER = b"/run/systemd/sessions"
SIGNS_OF_LIFE = (b"/run/systemd/system", b"/run/elogind.pid")
SESSION_BYTES = 16384
SEARCHES = 8
"""For the terminal of one session: two seconds of ticks."""
WANTED = (
    b"UID=",
    b"USER=",
    b"STATE=",
    b"REMOTE=",
    b"TYPE=",
    b"CLASS=",
    b"TTY=",
    b"DISPLAY=",
    b"REMOTE_HOST=",
    b"SERVICE=",
    b"LEADER=",
    b"REALTIME=",
)
"""Lines that say something about a login; the rest changes without meaning anything to us."""


def is_kept(folder: bytes) -> bool:
    """Whether some logind keeps this folder: an image may bring an empty one that nobody ever fills.

    systemd marks a machine that it has started (sd_booted(3)); elogind leaves its process id.
    """
    return any(os.path.exists(path) for path in SIGNS_OF_LIFE) or bool(session_ids(folder))


def session_ids(folder: bytes) -> "list[bytes]":
    """Give the ids of all sessions. Beside each lies a FIFO named ``ID.ref``, and half-written files."""
    return sorted(name for name in file_names(folder) if name.isalnum())


def wanted_lines(data: bytes) -> bytes:
    """Give the lines of a session file that matter."""
    return b"".join(line + b"\n" for line in data.split(b"\n") if line.startswith(WANTED))


def value_of(key: bytes, data: bytes) -> bytes:
    """Give the value of a key in a session file."""
    for line in data.split(b"\n"):
        if line.startswith(key):
            return line[len(key) :]
    return b""


class LogindSessions:
    """Reads the session files, and finds terminals where the files name none.

    sshd opens the session before it has a terminal, so the file of an ssh login often has no TTY;
    the leader's descendants have it.
    """

    def __init__(self, folder: bytes = SESSION_FOLDER) -> None:
        self.folder = folder
        self.is_searching = False
        """Whether some session may yet get its terminal: its shell has only just been started."""
        self.told = b""
        """All lines read last."""
        self._terminals = {}  # type: dict[bytes, int]
        self._searches = {}  # type: dict[bytes, int]

    def read(self, budget: int) -> "tuple[list[dict[str, object]], int]":
        """Give a report for each session within ``budget`` bytes, and how many did not fit."""
        ids = session_ids(self.folder)
        reports = []
        left_out = 0
        told = []
        self.is_searching = False
        self._forget_all_but(ids)
        for one in ids:
            data = wanted_lines(read_file(self.folder + b"/" + one, SESSION_BYTES))
            if not data:
                continue
            told.append(data)
            budget -= len(data) + 64
            if budget < 0:
                left_out += 1
                continue
            report = {"id": base64_text(one), "data": base64_text(data)}  # type: dict[str, object]
            terminal = self._terminal(one, data)
            if terminal:
                report["tty_nr"] = terminal
            reports.append(report)
        self.told = b"".join(told)
        return reports, left_out

    def _forget_all_but(self, ids: "list[bytes]") -> None:
        self._terminals = {one: found for one, found in self._terminals.items() if one in ids}
        self._searches = {one: count for one, count in self._searches.items() if one in ids}

    def _terminal(self, one: bytes, data: bytes) -> int:
        leader = value_of(b"LEADER=", data)
        if value_of(b"TTY=", data) or not leader.isdigit():
            return 0
        if one not in self._terminals:
            found = terminal_below(int(leader))
            if found:
                self._terminals[one] = found
            elif self._searches.setdefault(one, 0) < SEARCHES:
                self._searches[one] += 1
                self.is_searching = True
        return self._terminals.get(one, 0)
