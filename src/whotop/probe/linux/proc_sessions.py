"""The last resort: who is logged in as the running processes tell it, where neither logind nor utmp does.

Looking at all processes every second would cost more than all the rest of the probe. Their ids are
given in order, and /proc/loadavg names the newest: so only those that have begun since are read,
and what they descend from, because a login that changes starts something. All are listed now and then.
"""

import os
import time

from whotop.probe.linux.files import KeptFile, file_names
from whotop.probe.linux.login_process import SSHD_NAMES, LoginProcess, leads_terminal, login_process, name_of, title_of
from whotop.probe.linux.process_table import parent_of, stat_line

LOOK_SECONDS = 1.0
LIST_SECONDS = 10.0
"""So often all processes are listed, and those that may lead a login are read anew."""
READ_ALL_EVERY = 30
"""At every thirtieth list all are read: an id may have been given again unseen."""
MOST_BEGUN = 64
"""Where more have begun than this, a list is cheaper."""
LOGIN_LIMIT = 1024


class LoginProcesses:
    """Finds the processes that lead a login."""

    def __init__(self) -> None:
        self.reports = None  # type: list[dict[str, object]] | None
        """None: others' processes are hidden from us (hidepid), so who is there cannot be told."""
        self.looked = 0.0
        """When that was, by the machine's clock."""
        self._loadavg = KeptFile(b"/proc/loadavg", 128)
        self._newest = 0
        self._next_look = float("-inf")
        self._next_list = float("-inf")
        self._lists = 0
        self._settled = set()  # type: set[int]
        """Processes that were read twice: one that has only just been forked is not yet what it is going to be."""
        self._young = set()  # type: set[int]
        self._hopeful = set()  # type: set[int]
        """Processes that may lead a login, or come to do so: those of sshd, and the leaders of terminals."""
        self._logins = {}  # type: dict[int, LoginProcess]

    def look(self, now: float) -> bool:
        """See what has begun and ended; whether the logins have changed. ``now`` is monotonic.

        To be called as often as one likes.
        """
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_SECONDS
        before = self.reports
        self.looked = time.time()
        self.reports = self._found(now) if stat_line(1) else None
        return self.reports != before

    def _found(self, now: float) -> "list[dict[str, object]]":
        begun = self._begun()
        if begun is None or now >= self._next_list:
            self._next_list = now + LIST_SECONDS
            self._list()
        else:
            self._read(begun | self._young)
            self._forget({pid for pid in self._logins if not os.path.exists(b"/proc/%d" % pid)})
        logins = [pid for pid, one in sorted(self._logins.items()) if one.parent not in self._logins]
        return [self._logins[pid].report for pid in logins[:LOGIN_LIMIT]]

    def _begun(self) -> "set[int] | None":
        """Give the ids given to processes since the last look; None if that cannot be told."""
        last = self._loadavg.read().split(b" ")[-1].strip()
        before, self._newest = self._newest, int(last) if last.isdigit() else 0
        return set(range(before + 1, self._newest + 1)) if 0 <= self._newest - before <= MOST_BEGUN else None

    def _list(self) -> None:
        """Read all that has not been read yet, and what may have changed."""
        there = {int(name) for name in file_names(b"/proc") if name.isdigit()}
        if self._lists % READ_ALL_EVERY == 0:
            self._settled.clear()
        self._lists += 1
        self._forget(set(self._logins) - there)
        self._hopeful &= there
        self._settled &= there
        self._read(there - self._settled | self._hopeful)

    def _forget(self, ended: "set[int]") -> None:
        for pid in ended:
            del self._logins[pid]

    def _read(self, pids: "set[int]") -> None:
        """Read processes, and those that started them if they may lead a login."""
        lines = {pid: line for pid, line in [(pid, stat_line(pid)) for pid in pids] if line}
        parents = {parent_of(line) for line in lines.values()} & self._hopeful
        lines.update((pid, stat_line(pid)) for pid in parents - pids)
        for pid, line in lines.items():
            login = self._login_of(pid, line)
            if login is not None:
                self._logins[pid] = login
            else:
                self._logins.pop(pid, None)
        self._settled |= self._young
        self._young = set(lines) - self._settled

    def _login_of(self, pid: int, line: bytes) -> "LoginProcess | None":
        """Give the login that a process leads now, and note whether it may come to lead one."""
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
