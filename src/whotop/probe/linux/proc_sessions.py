"""The last resort: who is logged in as the running processes tell it, where neither logind nor utmp does.

Looking at all processes every tick would cost more than all the rest of the probe, so they are
listed only when one has begun, and only the new ones are read.
"""

import os

from whotop.probe.linux.files import KeptFile, file_names
from whotop.probe.linux.login_process import SSHD_NAMES, LoginProcess, leads_terminal, login_process, name_of, title_of
from whotop.probe.linux.process_table import stat_line

SCAN_SECONDS = 1.0
BLIND_SCAN_SECONDS = 10.0
"""So often also where the newest process's id stands still (in some containers it is always 0)."""
AGAIN_EVERY = 4
"""Logins that are known, and processes that may become one, are read anew at every fourth scan."""
ALL_EVERY = 64
SETTLING_SCANS = 2
"""A process that has only just been forked is not yet what it is going to be."""
LOGIN_LIMIT = 1024


class LoginProcesses:
    """Finds the processes that lead a login."""

    def __init__(self) -> None:
        self.reports = None  # type: list[dict[str, object]] | None
        """None: others' processes are hidden from us (hidepid), so who is there cannot be told."""
        self._newest = KeptFile(b"/proc/loadavg", 128)
        self._last = b""
        self._scanned_at = float("-inf")
        self._scans = 0
        self._ages = {}  # type: dict[int, int]
        self._hopeful = set()  # type: set[int]
        self._logins = {}  # type: dict[int, LoginProcess]

    def look(self, now: float) -> bool:
        """Scan if something may have changed; whether the logins have. ``now`` is monotonic.

        To be called as often as one likes.
        """
        if now - self._scanned_at < SCAN_SECONDS or not self._may_have_changed(now):
            return False
        self._scanned_at = now
        before = self.reports
        if stat_line(1):
            self._scan()
            logins = [pid for pid, one in sorted(self._logins.items()) if one.parent not in self._logins]
            self.reports = [self._logins[pid].report for pid in logins[:LOGIN_LIMIT]]
        else:
            self.reports = None
        return self.reports != before

    def _may_have_changed(self, now: float) -> bool:
        """Whether a process has begun, or was about to become something, or a login's has ended."""
        last = self._newest.read().split(b" ")[-1]
        changed = last != self._last or now - self._scanned_at >= BLIND_SCAN_SECONDS
        self._last = last
        if changed or any(age < SETTLING_SCANS for age in self._ages.values()):
            return True
        return not all(os.path.exists(b"/proc/%d" % pid) for pid in self._logins)

    def _scan(self) -> None:
        pids = [int(name) for name in file_names(b"/proc") if name.isdigit()]
        self._ages = {pid: self._ages.get(pid, -1) + 1 for pid in pids}
        self._hopeful.intersection_update(self._ages)
        self._logins = {pid: one for pid, one in self._logins.items() if pid in self._ages}
        for pid, age in self._ages.items():
            if age < SETTLING_SCANS or self._is_due(pid):
                login = self._login_of(pid)
                if login is not None:
                    self._logins[pid] = login
                else:
                    self._logins.pop(pid, None)
        self._scans += 1

    def _is_due(self, pid: int) -> bool:
        if pid in self._hopeful or pid in self._logins:
            return self._scans % AGAIN_EVERY == 0
        return self._scans % ALL_EVERY == 0

    def _login_of(self, pid: int) -> "LoginProcess | None":
        """Give the login that a process leads now, and note whether it may come to lead one."""
        line = stat_line(pid)
        is_sshd = name_of(line) in SSHD_NAMES
        if not is_sshd and not leads_terminal(line):
            self._hopeful.discard(pid)
            return None
        self._hopeful.add(pid)
        known = self._logins.get(pid)
        # A login's shell may become anything (exec) and still is the login; a process of sshd may not.
        if known is not None and not is_sshd:
            return known
        title = title_of(pid)
        return known if known is not None and known.title == title else login_process(pid, line, title)
