"""What a real sshd with PAM writes about failed logins: each is counted once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.rig.journald import keep_journal, missing
from tests.rig.machine import Rig, RigMachine, until
from tests.rig.passwords import refuse_at_once
from whotop.model import Event, EventKind, Origin
from whotop.parse import journal, utmp
from whotop.parse.auth_log import AuthLog
from whotop.parse.login_log import LoginLog

pytestmark = pytest.mark.rig

RIGHT = "right"
HOSTILE = "nosuch from 198.51.100.1 port 5 ssh2"

_ASKPASS = """#!/bin/sh
head -n 1 "$WORDS"
sed -i 1d "$WORDS"
"""


@pytest.fixture
def machine(rig: Rig) -> RigMachine:
    """A machine that asks for passwords; alice has one."""
    reason = missing() or ("" if shutil.which("openssl") else "a password needs openssl")
    if reason:
        if os.environ.get("WHOTOP_RIG") == "required":
            pytest.fail(f"WHOTOP_RIG=required, but {reason}")
        pytest.skip(reason)
    machine = rig.machine("log-01")
    config = machine.folder / "sshd_config"
    asks = config.read_text()
    for option in ("PasswordAuthentication", "KbdInteractiveAuthentication"):
        asks = asks.replace(f"{option} no", f"{option} yes")
    config.write_text(asks)
    hashed = subprocess.run(["openssl", "passwd", "-6", RIGHT], check=True, capture_output=True, text=True)
    shadow = machine.folder / "etc/shadow"
    shadow.write_text(shadow.read_text().replace("alice:*:", f"alice:{hashed.stdout.strip()}:"))
    keep_journal(machine)
    refuse_at_once(machine)
    return machine


def try_passwords(machine: RigMachine, folder: Path, user: str, method: str, *words: str) -> None:
    """Try these passwords in one connection, as a person does."""
    folder.mkdir()
    askpass = folder / "askpass"
    askpass.write_text(_ASKPASS)
    askpass.chmod(0o700)
    (folder / "words").write_text("".join(word + "\n" for word in words))
    options = [option.replace("BatchMode=yes", "BatchMode=no") for option in machine.ssh_options()]
    options += ["-o", f"PreferredAuthentications={method}", "-o", f"NumberOfPasswordPrompts={len(words)}"]
    subprocess.run(
        ["ssh", *options, "-l", user, machine.address, "true"],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        env={**os.environ, "SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "WORDS": str(folder / "words")},
    )


def wait_for_the_last_word(machine: RigMachine) -> None:
    """Until sshd is done with all who were there, which may be after their clients, and journald has what it said."""
    until(
        lambda: not machine.run('pgrep -P "$(cat /run/sshd.pid)"', check=False),
        f"{machine.name}: sshd is not done with everybody",
    )
    machine.run("journalctl --sync")


def told_by_journal(machine: RigMachine) -> list[Event]:
    entries = machine.run("journalctl -o json --no-pager -q").encode().split(b"\n")
    log = LoginLog("log-01", Origin.JOURNAL)
    return log.events(journal.lines(entries)) + log.finish()


def told_by_text(machine: RigMachine) -> list[Event]:
    """The same journal as the text log that rsyslog would have written."""
    text = machine.run("TZ=UTC journalctl -o short-iso --no-pager -q").encode()
    log = LoginLog("log-01", Origin.AUTH_LOG)
    return log.events(AuthLog().lines(text, 2**53)) + log.finish()


def failures(events: list[Event]) -> Counter[str]:
    return Counter(event.user for event in events if event.kind is EventKind.FAILED_LOGIN)


def test_each_wrong_password_is_one_failed_login_whatever_is_written_of_it(machine: RigMachine, tmp_path: Path) -> None:
    attempts = [
        ("alice", "password", "wrong", RIGHT),
        ("bob", "password", "wrong", "worse"),
        ("nosuch", "password", "wrong", "worse"),
        ("carol", "keyboard-interactive", "wrong", "worse"),
        (HOSTILE, "keyboard-interactive", "wrong"),
    ]
    with ThreadPoolExecutor(len(attempts)) as people:
        trials = [
            people.submit(try_passwords, machine, tmp_path / str(number), *attempt)
            for number, attempt in enumerate(attempts)
        ]
    for trial in trials:
        trial.result()
    subprocess.run(
        ["ssh", *machine.ssh_options(), "-l", "stranger", machine.address, "true"], check=False, capture_output=True
    )

    wait_for_the_last_word(machine)
    expected = Counter({"alice": 1, "bob": 2, "nosuch": 2, "carol": 2, HOSTILE: 1, "stranger": 1})
    events = told_by_journal(machine)
    assert failures(events) == expected
    assert failures(told_by_text(machine)) == expected
    assert {event.source for event in events} == {machine.near_address}
    assert [event.user for event in events if event.kind is EventKind.LOGIN] == ["alice"]
    assert [event.user for event in events if event.kind is EventKind.LOGOUT] == ["alice"]

    kept = utmp.events((machine.folder / "log/btmp").read_bytes(), "log-01", Origin.BTMP)
    known = {"alice", "bob", "carol"}
    assert {user: count for user, count in failures(kept).items() if user in known} == {
        user: expected[user] for user in known
    }


def test_the_process_that_opens_a_session_is_the_one_that_the_log_names(machine: RigMachine) -> None:
    login = machine.login("alice")
    login.type("echo $PPID")
    leader = machine.run("until pid=$(pgrep -o -f '^sshd: alice \\[priv\\]'); do sleep 0.1; done; echo $pid").strip()
    login.logout()
    wait_for_the_last_word(machine)
    told = [event for event in told_by_journal(machine) if event.user == "alice"]
    assert {str(event.leader_pid) for event in told} == {leader}
