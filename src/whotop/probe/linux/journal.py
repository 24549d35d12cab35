"""The journal's lines about logins, from a cursor on, each as journalctl writes it in JSON.

First what is there is read to its end (history, or what was written while nobody watched); then
journalctl follows the journal and what it says is news. It begins with the last entry that was sent,
which is left out. Where that has been vacuumed meanwhile, it begins with the next that is left: with
``--after-cursor`` it would pass over that one (systemd 252, journalctl.c).
"""

import re
import time

from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.journalctl import ChildOutput, journalctl_path
from whotop.probe.linux.marked_source import LINE_LIMIT_BYTES, LINES_BYTES, MARK_BYTES, MarkedSource
from whotop.probe.linux.record_file import UnreadableFile

JOURNAL_PROGRAMS = (
    "sshd",
    "sshd-session",
    "sshd-auth",
    "dropbear",
    "login",
    "systemd-logind",
    "gdm-password]",
    "gdm-autologin]",
    "gdm-fingerprint]",
    "gdm-smartcard]",
    "lightdm",
    "sddm-helper",
    "greetd",
    "xdm",
    "lxdm-session",
    "ly",
    "cockpit-session",
    "xrdp-sesman",
)
"""Whose lines may be about logins, by the names that they log under (gdm's carry a bracket)."""
JOURNAL_FIELDS = (
    "MESSAGE",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "SESSION_ID",
    "USER_ID",
    "LEADER",
    "_COMM",
    "_HOSTNAME",
    "_PID",
    "_SOURCE_REALTIME_TIMESTAMP",
    "_UID",
)
"""Those that say something about a login; journalctl adds its cursor, its times and the boot id."""
ROOT_ONLY = "_UID=0"
"""Anybody may write to the journal under sshd's name; journald itself notes who it was."""
HISTORY_LINE_BYTES = 640
SHORTEST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
FAILURES = 5
"""After so many in a row, half a minute, the journal is taken for one that cannot be read."""
USAGE_OR_RIGHTS = 1
"""journalctl's exit status for an option that it does not know, and when it may not read."""
CURSOR = re.compile(rb'"__CURSOR"\s*:\s*"([!-~]+?)"')
"""A quotation mark inside a message is written as ``\\"``: this finds the field and nothing else."""

CURSOR_TIME = re.compile(rb";t=([0-9a-f]{1,14});")


class JournalWatch(MarkedSource):
    """Sends the journal's lines as long as there is a journalctl, which it starts again when it ends."""

    def __init__(self, writer: FrameWriter, origin: str, program: str = "") -> None:
        MarkedSource.__init__(self, writer, origin)
        self._program = program or journalctl_path()
        self._child = None  # type: ChildOutput | None
        self._buffer = b""
        self._mark = b""
        self._marks = ()  # type: tuple[str, ...]
        """How the lines of this reading are sent: ``backlog``, ``first_contact``, or as news."""
        self._lines_wanted = 0
        self._is_following = False
        self._is_at_mark = False
        """The next line may be the one that was sent last."""
        self._is_skipping = False
        """Within a line that is too long to be sent."""
        self._owes_cursor = False
        self._knows_fields = True
        """journalctl since 236 sends only the fields that are asked for; the first failure asks for all."""
        self._failures = 0
        self._next_start = self._started_at = 0.0

    def start(self, cursor: "dict[str, object] | None", history_bytes: int) -> None:
        """Begin after the cursor; without one, with some history."""
        self._mark = self.resume(cursor)
        if self._mark:
            self._marks = ("backlog",)
        else:
            self._mark = b"@%.6f" % time.time()
            self._marks = ("first_contact",)
            self._lines_wanted = history_bytes // HISTORY_LINE_BYTES
            self._owes_cursor = True
            self._is_following = not self._lines_wanted
        self.look()

    @property
    def handle(self) -> int:  # type: ignore[override]
        """What becomes readable with news; nothing while there is enough to send."""
        return -1 if self._child is None or self._has_enough else self._child.handle

    @property
    def _has_enough(self) -> bool:
        return len(self._buffer) >= LINES_BYTES and b"\n" in self._buffer

    def look(self) -> None:
        """Read what journalctl has said; start it, when it is time."""
        if self._child is None:
            if not self.has_piece and time.monotonic() >= self._next_start:
                self._run()
            return
        while not self._has_enough:
            said = self._child.read()
            if said is None:
                self._has_ended(self._child.end())
                return
            if not said:
                return
            self._take(said)

    def _take(self, said: bytes) -> None:
        """Keep what was said, without the lines that are too long."""
        if self._is_skipping:
            _, newline, said = said.partition(b"\n")
            self._is_skipping = not newline
        self._buffer += said
        begun = len(self._buffer) - (self._buffer.rfind(b"\n") + 1)
        if begun > LINE_LIMIT_BYTES:
            self._buffer = self._buffer[:-begun]
            self._is_skipping = True
        if self._is_at_mark and b"\n" in self._buffer:
            self._is_at_mark = False
            line, _, rest = self._buffer.partition(b"\n")
            self._buffer = rest if CURSOR.findall(line) == [self._mark] else self._buffer

    def _has_ended(self, status: int) -> None:
        """What was there has been read, or something is wrong: journalctl does not end while it follows."""
        self._child = None
        self._is_skipping = False
        self._buffer = self._buffer[: self._buffer.rfind(b"\n") + 1]
        if status == 0 and not self._is_following:
            self._is_following = True
            self._failures = 0
            return
        if status == USAGE_OR_RIGHTS:
            self._knows_fields = not self._knows_fields
        now = time.monotonic()
        self._failures = self._failures + 1 if now - self._started_at < LONGEST_PAUSE_SECONDS else 1
        if self._failures >= FAILURES:
            raise UnreadableFile("journalctl ends with status %d" % status)
        self._next_start = now + SHORTEST_PAUSE_SECONDS * 2 ** (self._failures - 1)

    def _run(self) -> None:
        """Start journalctl where the last line sent ends."""
        if not self._program:
            return
        if self._is_following:
            self._marks = ()
        self._is_at_mark = True
        self._started_at = time.monotonic()
        try:
            self._child = ChildOutput([self._program, *self._arguments()])
        except OSError:
            self._next_start = time.monotonic() + LONGEST_PAUSE_SECONDS

    def _arguments(self) -> "list[str]":
        arguments = ["--output=json", "--no-pager", "--quiet", "--system"]
        if self._knows_fields:
            arguments.append("--output-fields=" + ",".join(JOURNAL_FIELDS))
        if self._is_following:
            arguments += ["--follow", "--no-tail"]
        if self._lines_wanted and not self._is_following:
            arguments.append("--lines=%d" % self._lines_wanted)
        else:
            arguments.append(place_argument(self._mark, self._failures))
        arguments += ["--identifier=" + program for program in JOURNAL_PROGRAMS]
        return [*arguments, ROOT_ONLY]

    @property
    def has_piece(self) -> bool:
        """Whether whole lines wait, or a first cursor is owed once all history has gone."""
        return b"\n" in self._buffer or (self._owes_cursor and self._is_following)

    def send_piece(self) -> None:
        """Send whole lines, and where to go on behind them."""
        end = self._buffer.find(b"\n", LINES_BYTES - 1) + 1 or self._buffer.rfind(b"\n") + 1
        lines, self._buffer = self._buffer[:end], self._buffer[end:]
        found = CURSOR.findall(lines)
        if found and len(found[-1]) <= MARK_BYTES:
            self._mark = found[-1]
            self._lines_wanted = 0
        self.write_lines(lines, self._mark, self._marks)
        self._owes_cursor = False
        if self._child is not None:
            self._failures = 0

    def close(self) -> None:
        """End journalctl."""
        if self._child is not None:
            self._child.end()
            self._child = None


def place_argument(mark: bytes, failures: int) -> str:
    """Give the option that makes journalctl begin at a mark: an entry's cursor, or ``@`` and a time.

    Where it has failed twice it may not like the cursor: then the time in that.
    """
    timed = CURSOR_TIME.search(mark) if failures > 1 else None
    if timed is not None:
        mark = b"@%.6f" % (int(timed.group(1), 16) / 1000000)
    option = "--since=" if mark.startswith(b"@") else "--cursor="
    return option + mark.decode("ascii", "replace")
