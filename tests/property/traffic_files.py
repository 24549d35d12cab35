"""Acts as machines write them down: an auth.log as Debian 13 has it, and a table of logins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from random import Random

from tests.property.login_traffic import Act, How

Line = tuple[float, str]


def auth_log(acts: Iterable[Act], chance: Random) -> str:
    """One log of all machines, as a log server has it, with what else is written there."""
    lines: list[Line] = []
    for number, act in enumerate(acts):
        lines += _lines(act, 2_000 + number, chance)
    lines.sort(key=lambda line: line[0])
    return "".join(f"{text}\n" for _, text in lines)


def login_table(acts: Iterable[Act]) -> str:
    """A CSV of logins and logouts. It cannot tell of failures."""
    rows: list[tuple[float, tuple[str, ...]]] = []
    for number, act in enumerate(acts):
        if act.is_login:
            tty = f"pts/{number}"
            for time_s, kind in ((act.time_s, "login"), (act.time_s + act.lasts_s, "logout")):
                rows.append((time_s, (_iso(time_s), kind, act.machine, act.user, tty, act.source)))
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(("date", "type", "machine", "user", "tty", "from"))
    table.writerows(row for _, row in sorted(rows))
    return written.getvalue()


def _lines(act: Act, pid: int, chance: Random) -> Iterator[Line]:
    port = chance.randrange(20_000, 60_000)
    match act.how:
        case How.KNOCK:
            yield from _knock(act, pid, port)
        case How.FAILED | How.INVALID:
            yield from _failure(act, pid, port)
        case _:
            yield from _session(act, pid, port, chance)
    if chance.random() < 0.1:
        yield from _cron(act, pid)


def _session(act: Act, pid: int, port: int, chance: Random) -> Iterator[Line]:
    key = ": ED25519 SHA256:" + "".join(chance.choices("ABCDEFGHabcdefgh0123456789", k=43))
    told = key if act.how is How.KEY else ""
    yield _line(
        act,
        0,
        f"sshd-session[{pid}]",
        f"Accepted {act.how.value} for {act.user} from {act.source} port {port} ssh2{told}",
    )
    yield _line(
        act,
        0.02,
        f"sshd-session[{pid}]",
        f"pam_unix(sshd:session): session opened for user {act.user}(uid=1000) by {act.user}(uid=0)",
    )
    yield _line(act, 0.03, "systemd-logind[600]", f"New session {pid} of user {act.user}.")
    if chance.random() < 0.2 and act.lasts_s > 60:
        yield _line(act, 9, "sudo", f"{act.user} : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/usr/bin/apt update")
        yield _line(
            act, 9.1, "sudo", f"pam_unix(sudo:session): session opened for user root(uid=0) by {act.user}(uid=1000)"
        )
        yield _line(act, 12, "sudo", "pam_unix(sudo:session): session closed for user root")
    end = act.lasts_s
    yield _line(
        act, end, f"sshd-session[{pid}]", f"Received disconnect from {act.source} port {port}:11: disconnected by user"
    )
    yield _line(act, end, f"sshd-session[{pid}]", f"Disconnected from user {act.user} {act.source} port {port}")
    yield _line(act, end + 0.01, f"sshd-session[{pid}]", f"pam_unix(sshd:session): session closed for user {act.user}")
    yield _line(act, end + 0.02, "systemd-logind[600]", f"Session {pid} logged out. Waiting for processes to exit.")
    yield _line(act, end + 0.03, "systemd-logind[600]", f"Removed session {pid}.")


def _failure(act: Act, pid: int, port: int) -> Iterator[Line]:
    program, is_known = f"sshd-session[{pid}]", act.how is How.FAILED
    whose = "" if is_known else "invalid user "
    if not is_known:
        yield _line(act, -0.2, program, f"Invalid user {act.user} from {act.source} port {port}")
        yield _line(act, -0.1, program, "pam_unix(sshd:auth): check pass; user unknown")
    user = f"  user={act.user}" if is_known else ""
    yield _line(
        act,
        -0.1,
        program,
        f"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={act.source}{user}",
    )
    yield _line(act, 0, program, f"Failed password for {whose}{act.user} from {act.source} port {port} ssh2")
    closed = "invalid user" if not is_known else "authenticating user"
    yield _line(act, 0.5, program, f"Connection closed by {closed} {act.user} {act.source} port {port} [preauth]")


def _knock(act: Act, pid: int, port: int) -> Iterator[Line]:
    yield _line(act, 0, f"sshd-session[{pid}]", f"Connection closed by {act.source} port {port}")
    yield _line(act, 0.1, f"sshd[{pid}]", f"banner exchange: Connection from {act.source} port {port}: invalid format")


def _cron(act: Act, pid: int) -> Iterator[Line]:
    yield _line(act, 1, f"CRON[{pid}]", "pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)")
    yield _line(act, 2, f"CRON[{pid}]", "pam_unix(cron:session): session closed for user root")


def _line(act: Act, after_s: float, program: str, message: str) -> Line:
    time_s = act.time_s + after_s
    return time_s, f"{_iso(time_s)} {act.machine} {program}: {message}"


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="microseconds")
