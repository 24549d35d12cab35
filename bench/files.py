"""``whotop report`` and ``whotop import`` of large files: events or lines a second of CPU, and peak memory.

A table of logins on a thousand machines, and an auth.log in which attacks, logins, sudo and cron stand as
on a server on the internet. Beside each stands the floor: what Python alone takes to give its rows or lines,
and what SQLite alone takes to store what an import stored, in the same tables with the same indexes.

    python -m bench.files [--megabytes 100] [--import-megabytes 10]
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

MEMORY_BUDGET_MB = 500
"""Whatever the size of the file."""
ROWS_AT_ONCE = 10_000
"""In one transaction, as an import has them."""
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("admin", "test", "oracle", "ubuntu", "pi", "guest")


def table_lines() -> Iterator[str]:
    """Logins and logouts, some seconds apart, of five hundred users on a thousand machines."""
    chance, moment, number = random.Random(1), FIRST, 0
    on: list[str] = []
    yield "date,type,machine,user,tty,from\n"
    while True:
        moment += timedelta(milliseconds=chance.randrange(3_000))
        if on and chance.random() < 0.5:
            yield f"{moment:%Y-%m-%d %H:%M:%S},logout,{on.pop(chance.randrange(len(on)))}"
            continue
        number += 1
        source = f"10.{chance.randrange(100)}.{chance.randrange(250)}.7"
        on.append(f"web-{chance.randrange(1000):04},user{chance.randrange(500)},pts/{number % 4000},{source}\n")
        yield f"{moment:%Y-%m-%d %H:%M:%S},login,{on[-1]}"


def log_lines() -> Iterator[str]:
    """What syslog writes on one server."""
    chance, moment, pid = random.Random(2), FIRST, 1_000
    while True:
        moment += timedelta(milliseconds=chance.randrange(2_000))
        pid = pid % 30_000 + 1
        for message in chance.choices((_attack, _login, _sudo, _cron), (35, 15, 15, 35))[0](chance, pid):
            yield f"{moment:%b %e %H:%M:%S} web-01 {message}\n"


def _attack(chance: random.Random, pid: int) -> list[str]:
    source, port = f"203.0.{chance.randrange(20)}.{chance.randrange(250)}", chance.randrange(1024, 65_000)
    user, tag = chance.choice(NAMES), f"sshd[{pid}]:"
    return [
        f"{tag} Invalid user {user} from {source} port {port}",
        f"{tag} pam_unix(sshd:auth): check pass; user unknown",
        f"{tag} pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={source} ",
        f"{tag} Failed password for invalid user {user} from {source} port {port} ssh2",
        f"{tag} Disconnected from invalid user {user} {source} port {port} [preauth]",
    ]


def _login(chance: random.Random, pid: int) -> list[str]:
    source, port = f"10.1.{chance.randrange(20)}.{chance.randrange(250)}", chance.randrange(1024, 65_000)
    user, tag = f"user{chance.randrange(200)}", f"sshd[{pid}]:"
    return [
        f"{tag} Accepted publickey for {user} from {source} port {port} ssh2: ED25519 SHA256:abcdefghijklmnopqrstuv",
        f"{tag} pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)",
        f"systemd-logind[612]: New session {pid} of user {user}.",
        f"{tag} Disconnected from user {user} {source} port {port}",
        f"{tag} pam_unix(sshd:session): session closed for user {user}",
        f"systemd-logind[612]: Removed session {pid}.",
    ]


def _sudo(chance: random.Random, pid: int) -> list[str]:
    return [
        f"sudo:   user{pid % 50} : TTY=pts/0 ; PWD=/home/user ; USER=root ; COMMAND=/usr/bin/apt update",
        "sudo: pam_unix(sudo:session): session opened for user root(uid=0) by user(uid=1000)",
        "sudo: pam_unix(sudo:session): session closed for user root",
    ]


def _cron(chance: random.Random, pid: int) -> list[str]:
    return [
        f"CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
        f"CRON[{pid}]: pam_unix(cron:session): session closed for user root",
    ]


def write(path: Path, lines: Iterator[str], size_bytes: int) -> int:
    """Write lines up to a size; how many."""
    count = written = 0
    with path.open("w") as file:
        while written < size_bytes:
            written += file.write(next(lines))
            count += 1
    return count


def apart(work: Callable[[], object]) -> resource.struct_rusage:
    """Do it in a process of its own, which prints nothing; what it used."""
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit("a run failed")
    return used


def whotop(*words: str | Path) -> None:
    """The command itself."""
    from whotop.cli import cycles
    from whotop.cli.main import run

    cycles.seldom()
    if code := run([str(word) for word in words]):
        raise SystemExit(code)


def rows_of(path: Path) -> None:
    """The floor: every row or line, and nothing done with it."""
    with path.open(newline="") as file:
        for _ in csv.reader(file) if path.suffix == ".csv" else file:
            pass


def made(path: Path) -> None:
    """An empty store."""
    from whotop.store.store import make_ready

    make_ready(path)


def copied(stored: Path, path: Path) -> None:
    """The floor of an import: its rows, read from where it put them, and inserted with nothing looked at."""
    with closing(sqlite3.connect(stored)) as source, closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = NORMAL")
        store.execute("PRAGMA cache_size = -32768")
        for table in ("machines", "sessions", "events", "imported"):
            rows = source.execute(f"SELECT * FROM {table}")
            places = ", ".join("?" * len(rows.description))
            while page := rows.fetchmany(ROWS_AT_ONCE):
                store.execute("BEGIN IMMEDIATE")
                store.executemany(f"INSERT INTO {table} VALUES ({places})", page)
                store.execute("COMMIT")


def told(what: str, count: int, noun: str, work: Callable[[], object]) -> None:
    """Run it and print a line."""
    began = time.perf_counter()
    used = apart(work)
    cpu_s, peak_mb = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    met = "" if peak_mb <= MEMORY_BUDGET_MB else "  MORE THAN ITS MEMORY"
    print(f"{what:28} {count / cpu_s:10,.0f} {noun}/s of CPU  {peak_mb:5,.0f} MB", end="")
    print(f"  ({time.perf_counter() - began:,.1f} s){met}", flush=True)


def main() -> None:
    """Make the files, run, print."""
    parser = argparse.ArgumentParser(prog="bench.files", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--import-megabytes", type=int, default=10)
    chosen = parser.parse_args()
    makers = {"events.csv": (table_lines, "rows"), "auth.log": (log_lines, "lines")}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, (lines, noun) in makers.items():
            path, store, alone = folder / file, folder / f"{file}.db", folder / f"{file}.alone.db"
            count = write(path, lines(), chosen.megabytes * 1_000_000)
            told(f"Python alone, {file}", count, noun, partial(rows_of, path))
            told(f"report {file}", count, noun, partial(whotop, "report", path))
            count = write(path, lines(), chosen.import_megabytes * 1_000_000)
            importing = partial(whotop, "import", path, "--store", store)
            told(f"import {file}", count, noun, importing)
            told(f"import {file} again", count, noun, importing)
            apart(partial(made, alone))
            told(f"SQLite alone, {file}", count, noun, partial(copied, store, alone))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
