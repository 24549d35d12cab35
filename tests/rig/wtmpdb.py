"""A machine of the rig that keeps logins in wtmpdb alone.

Where there is no pam_wtmpdb, a script stands in for it: PAM runs it when a session opens and closes,
and it writes what that module writes (src/pam_wtmpdb.c: PAM_TTY is "ssh" in sshd's sessions), with
SQLite's own locks.
"""

from __future__ import annotations

import shlex
import sqlite3
import sys
from pathlib import Path

from tests.rig.machine import RigMachine

_TABLE = (
    "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, Logout INTEGER, "
    "TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT"
)

_WRITER = """\
import os, sqlite3, sys, time
database, numbers = sys.argv[1], sys.argv[2]
now = time.time_ns() // 1000
connection = sqlite3.connect(database, timeout=5)
with connection:
    number = os.path.join(numbers, str(os.getppid()))
    if os.environ["PAM_TYPE"] == "open_session":
        values = 3, os.environ["PAM_USER"], now, os.environ.get("PAM_TTY", ""), os.environ.get("PAM_RHOST", ""), "sshd"
        row = connection.execute(
            "INSERT INTO wtmp (Type,User,Login,TTY,RemoteHost,Service) VALUES (?,?,?,?,?,?)", values).lastrowid
        open(number, "w").write(str(row))
    elif os.path.exists(number):
        connection.execute("UPDATE wtmp SET Logout = ? WHERE ID = ?", (now, int(open(number).read())))
"""

_SETUP = """
set -e
cp -a /etc/pam.d {folder}/pam.d
echo 'session optional pam_exec.so quiet {python} -I {folder}/writer.py /var/log/wtmp.db {folder}' \\
    >> {folder}/pam.d/sshd
mount --bind {folder}/pam.d /etc/pam.d
"""


def keep_wtmpdb(machine: RigMachine) -> Path:
    """Write every session to wtmpdb from now on; the database's path."""
    folder = machine.folder / "wtmpdb"
    folder.mkdir()
    (folder / "writer.py").write_text(_WRITER)
    machine.run(_SETUP.format(folder=shlex.quote(str(folder)), python=sys.executable))
    path = machine.folder / "log" / "wtmp.db"
    connection = sqlite3.connect(path)
    connection.execute(_TABLE)
    connection.close()
    path.chmod(0o644)
    return path


def rows(path: Path) -> list[tuple[str, int, int | None]]:
    """User, login and logout of each row."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT User, Login, Logout FROM wtmp ORDER BY ID").fetchall()
    finally:
        connection.close()
