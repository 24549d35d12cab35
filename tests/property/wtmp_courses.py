"""Courses of a machine's life, as wtmp has them: people come and go, crashes, shutdowns, a clock that is set."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from whotop.parse.utmp_layout import LAYOUTS, Layout

BEGIN_S = 1_780_000_000
BOOT_US = 400_000
"""No machine goes down, or comes up, at the very time at which somebody logs in."""
PEOPLE = ("alice", "bob", "carol")
TERMINALS = ("pts/0", "pts/1", "pts/12", "tty1")
SOURCES = ("", "192.0.2.7", "host.example", ":0")
RUN_LEVEL, BOOT, NEW_TIME, OLD_TIME, INIT, LOGIN_PROCESS, USER, DEAD = range(1, 9)


class Record(NamedTuple):
    """What of a record says something."""

    kind: int
    pid: int
    tty: str
    user: str
    host: str
    time_us: int

    def packed(self, layout: Layout) -> bytes:
        """The record as a machine of that layout writes it."""
        seconds, microseconds = divmod(self.time_us, 1_000_000)
        texts = (text.encode() for text in (self.tty, self.user, self.host))
        return layout.record.pack(self.kind, self.pid, *texts, seconds, microseconds, b"")


class Course:
    """What a machine writes down as things happen to it."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.now_us = BEGIN_S * 1_000_000
        self._pid = 1000
        self._there: dict[str, int] = {}

    def write(self, kind: int, pid: int, tty: str, user: str, host: str = "") -> None:
        self.records.append(Record(kind, pid, tty, user, host, self.now_us))

    def login(self, user: str, tty: str, host: str) -> None:
        """Whoever was on that terminal is not seen off."""
        self._pid += 7
        self._there[tty] = self._pid
        self.write(USER, self._pid, tty, user, host)

    def logout(self, tty: str, writer: str) -> None:
        """sshd names nobody; login(1) leaves the user; logwtmp(3) tells a number of its own; some leave the kind."""
        pid = self._there.pop(tty, 4711)
        match writer:
            case "sshd":
                self.write(DEAD, pid, tty, "")
            case "login":
                self.write(DEAD, pid, tty, "alice")
            case "logwtmp":
                self.write(DEAD, 4712, tty, "")
            case _:
                self.write(USER, pid, tty, "")

    def boot(self) -> None:
        self._there.clear()
        self.write(BOOT, 0, "~", "reboot", "6.1.0")

    def shutdown(self, how: str) -> None:
        match how:
            case "shutdown":
                self.write(RUN_LEVEL, 0, "~", "shutdown", "6.1.0")
            case level:
                self.write(RUN_LEVEL, ord(level), "~", "runlevel", "6.1.0")

    def set_clock(self, by_seconds: int) -> None:
        self.write(OLD_TIME, 0, "|", "date")
        self.now_us += by_seconds * 1_000_000
        self.write(NEW_TIME, 0, "{", "date")

    def getty(self, tty: str) -> None:
        """What stands before a login on a console, and is none."""
        self.write(INIT, 900, tty, "")
        self.write(LOGIN_PROCESS, 900, tty, "LOGIN")


@st.composite
def courses(draw: st.DrawFn, steps: tuple[int, ...] = ()) -> list[Record]:
    """A boot, and up to forty things that happen then; ``steps`` are seconds by which somebody may set the clock."""
    course = Course()
    course.boot()
    happenings = ["login"] * 5 + ["logout"] * 4 + ["boot", "shutdown", "getty", "nothing"]
    if steps:
        happenings.append("clock")
    for what in draw(st.lists(st.sampled_from(happenings), max_size=40)):
        course.now_us += draw(st.sampled_from([0, 1, 400_000, 1_000_000, 61_000_000, 5_000_000_000, 200_000_000_000]))
        tty = draw(st.sampled_from(TERMINALS))
        match what:
            case "login":
                course.login(draw(st.sampled_from(PEOPLE)), tty, draw(st.sampled_from(SOURCES)))
            case "logout":
                course.logout(tty, draw(st.sampled_from(["sshd", "sshd", "login", "logwtmp", "old"])))
            case "boot":
                course.now_us += BOOT_US
                course.boot()
            case "shutdown":
                course.now_us += BOOT_US
                course.shutdown(draw(st.sampled_from(["shutdown", "0", "6", "5", "3"])))
            case "getty":
                course.getty("tty1")
            case "nothing":
                course.write(0, 0, "", "")
            case "clock":
                course.set_clock(draw(st.sampled_from(steps)))
    return course.records


NATIVE = next(layout for layout in LAYOUTS if layout.name == "384 little")
"""What ``last`` reads here."""
