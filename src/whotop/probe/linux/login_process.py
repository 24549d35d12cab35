"""A process that leads a login: how one is told from all others, and what is reported of it.

An SSH login has a process of sshd whose title names user and terminal (``sshd: anna@pts/0``); a
login on a console, by telnet or dropbear has a shell whose name begins with a dash and which leads
the session of a terminal. A title is its process's own choice, so what counts is who started it:
only a child of sshd, login, dropbear, telnetd or init is taken for a login, and whose login it is
the kernel says (the uid that it acts with), not the title.
"""

import os
import sys
import time

from whotop.probe.linux.files import base64_text, file_names, read_file
from whotop.probe.linux.process_table import parent_of, stat_line, stat_numbers

TITLE_BYTES = 512
STATUS_BYTES = 4096
PASSWD_BYTES = 1048576
SOCKET_TABLE_BYTES = 1048576
CLOCK_BOOTTIME = 7
"""Of time.clock_gettime: the clock in which start times are told. It counts from the boot of the kernel also
in a container, whose /proc/uptime may count from its own start."""
INIT = 1
SSHD_NAMES = (b"sshd", b"sshd-session")
STARTERS_OF_SHELLS = (b"login", b"dropbear", b"telnetd", b"in.telnetd", b"init", b"busybox")


def name_of(line: bytes) -> bytes:
    """Give the name in a stat line."""
    return line[line.find(b"(") + 1 : line.rfind(b")")]


def owner_of(pid: int) -> int:
    """Give the uid that a process acts with; -1 if it has gone."""
    try:
        return os.stat(b"/proc/%d" % pid).st_uid
    except OSError:
        return -1


def title_of(pid: int) -> bytes:
    """Give the arguments of a process, or what it has written over them."""
    return read_file(b"/proc/%d/cmdline" % pid, TITLE_BYTES).rstrip(b"\0")


def is_login_of_sshd(title: bytes) -> bool:
    """Whether it is a title of sshd's for one user: no ``[priv]``, ``[net]``, ``[accepted]``, no options."""
    name, colon, whom = title.partition(b": ")
    return name in SSHD_NAMES and bool(colon and whom) and b"[" not in whom and b"/" not in whom.split(b"@")[0]


def is_started_by_sshd(pid: int, line: bytes) -> bool:
    """Whether a process's parent is an sshd of root's, or of the same user's who runs one for himself."""
    parent = parent_of(line)
    return name_of(stat_line(parent)) in SSHD_NAMES and owner_of(parent) in (0, owner_of(pid))


def leads_terminal(line: bytes) -> bool:
    """Whether a process leads the session of some terminal."""
    fields = stat_numbers(line)
    return len(fields) > 4 and fields[3] == line.split(b" ", 1)[0] and fields[4] != b"0"


def is_login_shell(line: bytes, title: bytes) -> bool:
    """Whether it is a shell that login, dropbear, telnetd or init has started as the first of a session."""
    if not title.startswith(b"-"):
        return False
    parent = parent_of(line)
    return parent == INIT or name_of(stat_line(parent)) in STARTERS_OF_SHELLS


def is_of_this_system(pid: int) -> bool:
    """Whether a process is not one of a container that runs here: those have an id of their own there."""
    for line in read_file(b"/proc/%d/status" % pid, STATUS_BYTES).split(b"\n"):
        if line.startswith(b"NSpid:"):
            return len(line.split()) == 2
    return True


def started_us(line: bytes) -> int:
    """Give when a process started, by the machine's clock as it goes now."""
    fields = stat_numbers(line)
    since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK") if len(fields) > 19 else 0.0
    return max(int((time.time() - time.clock_gettime(CLOCK_BOOTTIME) + since_boot) * 1000000), 0)


def user_name(uid: int) -> bytes:
    """Give a user's name from /etc/passwd; nothing where it has none: a directory service might not answer."""
    number = b"%d" % uid
    for line in read_file(b"/etc/passwd", PASSWD_BYTES).split(b"\n"):
        fields = line.split(b":", 3)
        if len(fields) == 4 and fields[2] == number:
            return fields[0][:256]
    return b""


def open_sockets(pid: int) -> "list[bytes]":
    """Give the inodes of a process's sockets; none where its files are not ours to see."""
    folder = b"/proc/%d/fd" % pid
    found = []
    for name in file_names(folder):
        try:
            link = os.readlink(folder + b"/" + name)
        except OSError:
            continue
        if link.startswith(b"socket:["):
            found.append(link[8:-1])
    return found


def far_end(pid: int) -> bytes:
    """Give the address at the other end of the first TCP connection that a process holds."""
    sockets = open_sockets(pid)
    for table in (b"tcp", b"tcp6") if sockets else ():
        for line in read_file(b"/proc/%d/net/%b" % (pid, table), SOCKET_TABLE_BYTES).split(b"\n")[1:]:
            fields = line.split()
            if len(fields) > 9 and fields[9] in sockets and fields[3] == b"01":
                return address_of(fields[2].split(b":")[0])
    return b""


def address_of(words: bytes) -> bytes:
    """Give an address of /proc/net/tcp, where each word of four bytes is in the machine's own order, as text."""
    try:
        raw = bytes.fromhex(words.decode("ascii"))
    except ValueError:
        return b""
    if sys.byteorder == "little":
        raw = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    if len(raw) == 16 and raw.startswith(bytes(10) + b"\xff\xff"):
        raw = raw[12:]
    if len(raw) == 4:
        return b".".join(b"%d" % byte for byte in raw)
    return b":".join(b"%x" % (raw[at] * 256 + raw[at + 1]) for at in range(0, 16, 2)) if len(raw) == 16 else b""


class LoginProcess:
    """One process that leads a login, and the report on it, made once: its times and counts change all the while."""

    def __init__(self, pid: int, line: bytes, title: bytes) -> None:
        self.parent = parent_of(line)
        self.title = title
        uid = max(owner_of(pid), 0)
        self.report = {
            "stat": base64_text(line),
            "cmdline": base64_text(title),
            "uid": uid,
            "user": base64_text(user_name(uid)),
            "source": base64_text(self._source(pid, line)),
            "started_us": started_us(line),
        }  # type: dict[str, object]

    def _source(self, pid: int, line: bytes) -> bytes:
        """The connection is sshd's own; a shell's is that of what started it."""
        if name_of(line) in SSHD_NAMES:
            return far_end(pid)
        return far_end(self.parent) if self.parent != INIT else b""


def login_process(pid: int, line: bytes, title: bytes) -> "LoginProcess | None":
    """Give a process as a login's, if it leads one; ``line`` is its stat."""
    if name_of(line) in SSHD_NAMES:
        leads = is_login_of_sshd(title) and is_started_by_sshd(pid, line)
    else:
        leads = is_login_shell(line, title)
    return LoginProcess(pid, line, title) if leads and is_of_this_system(pid) else None
