"""What a machine says, in few words; times are seconds after noon by our clock."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from tests.hello import HELLO
from whotop.clock import SECOND_US
from whotop.demo.records import BOOT_TIME, DEAD_PROCESS, LOGIN_PROCESS, USER_PROCESS, logind_file, utmp_record
from whotop.wire.messages import Cursor, Figures, FileIdentity, Hello, LogindSession, Records, Sessions, Terminal

NOON_US = 1_763_726_400_000_000  # 2025-11-21T12:00:00Z


@dataclass
class Talk:
    """One machine's messages. ``ahead_seconds`` is how far its clock is ahead of ours."""

    boot_id: str = "11111111-0000-0000-0000-000000000000"
    ahead_seconds: float = 0.0
    uptime_seconds: float = 86_400.0
    ancestors: tuple[int, ...] = (700, 690, 1)
    wtmp_bytes: int = 0

    def at(self, seconds: float) -> int:
        """The machine's clock at that moment."""
        return NOON_US + round((seconds + self.ahead_seconds) * SECOND_US)

    def hello(self, seconds: float) -> Hello:
        return replace(
            HELLO,
            clock_us=self.at(seconds),
            boot_id=self.boot_id.encode(),
            os_release=b'PRETTY_NAME="Debian"\n',
            ancestors=self.ancestors,
        )

    def figures(self, seconds: float) -> Figures:
        uptime = self.uptime_seconds + seconds
        return Figures(
            clock_us=self.at(seconds),
            stat=b"cpu %d 0 0 %d 0 0 0 0 0 0" % (round(uptime * 50), round(uptime * 150)),
            uptime=b"%.2f 0.00" % uptime,
        )

    def login(self, seconds: float, user: str = "alice", tty: str = "pts/0", source: str = "10.0.0.7") -> bytes:
        return utmp_record(USER_PROCESS, _pid(tty), tty, user.encode(), source, self.at(seconds))

    def logout(self, seconds: float, tty: str = "pts/0") -> bytes:
        return utmp_record(DEAD_PROCESS, _pid(tty), tty, b"", "", self.at(seconds))

    def failure(self, seconds: float, user: str = "root", source: str = "203.0.113.9", pid: int = 900) -> bytes:
        """A record of btmp as sshd writes it, in whole seconds."""
        whole_us = self.at(seconds) // SECOND_US * SECOND_US
        return utmp_record(LOGIN_PROCESS, pid, "ssh:notty", user.encode(), source, whole_us)

    def boot(self, seconds: float) -> bytes:
        return utmp_record(BOOT_TIME, 0, "~", b"reboot", "6.12", self.at(seconds))

    def listed(self, seconds: float, *utmp: bytes, left_out: int = 0) -> Sessions:
        """The list of open sessions as utmp holds it."""
        terminals = tuple(Terminal(name=b"pts/%d" % number, accessed_us=0, uid=0) for number in range(20))
        return Sessions(
            clock_us=self.at(seconds),
            boot_id=self.boot_id.encode(),
            utmp=b"".join(utmp),
            terminals=terminals,
            left_out=left_out,
        )

    def by_logind(self, seconds: float, *sessions: LogindSession) -> Sessions:
        """The list of open sessions as logind holds it."""
        return Sessions(clock_us=self.at(seconds), boot_id=self.boot_id.encode(), logind=sessions)

    def logind(self, seconds: float, number: int, user: str = "alice", *, tty: str = "", leader: int) -> LogindSession:
        data = logind_file(str(number), user.encode(), tty, "10.0.0.7", leader, self.at(seconds))
        return LogindSession(id=str(number).encode(), data=data)

    def wrote(
        self,
        seconds: float,
        *records: bytes,
        origin: str = "wtmp",
        first_contact: bool = False,
        backlog: bool = False,
    ) -> Records:
        """The next piece of wtmp, or of btmp."""
        start = self.wtmp_bytes
        self.wtmp_bytes += sum(map(len, records))
        identity = FileIdentity(device=1, inode=2, head=b"head")
        return Records(
            clock_us=self.at(seconds),
            origin=origin,
            data=b"".join(records),
            start=start,
            cursor=Cursor(file=identity, offset=self.wtmp_bytes, tail=b"tail"),
            first_contact=first_contact,
            backlog=backlog,
        )


def _pid(tty: str) -> int:
    """Of the process behind a terminal."""
    return 500 + int(tty.removeprefix("pts/"))
