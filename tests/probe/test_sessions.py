"""The list of open sessions: sent when it changes, whatever the file's clock says, and only then."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from whotop.probe.linux import files, logind, sessions
from whotop.probe.linux.logind import SEARCHES, LogindSessions
from whotop.probe.linux.sessions import SessionWatch

FILE = "# private\nUID=1000\nUSER=anna\nACTIVE=1\nSTATE=active\nTTY=pts/0\nLEADER=4242\nPOSITION=0\nREALTIME=5\n"


class Machine:
    """Session files, a utmp file and terminals that the test writes."""

    def __init__(self, folder: Path, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written = written
        self.folder = folder / "sessions"
        self.utmp = folder / "utmp"
        self.logind_runs = folder / "logind runs"
        self.logind_runs.touch()
        monkeypatch.setattr(logind, "SIGNS_OF_LIFE", (os.fsencode(self.logind_runs),))
        self.terminals: list[bytes] = []
        self.terminal_below = 0
        monkeypatch.setattr(sessions, "pseudo_terminals", lambda: list(self.terminals))
        names = files.file_names
        monkeypatch.setattr(
            sessions, "file_names", lambda path: list(self.terminals) if path == b"/dev/pts" else names(path)
        )
        monkeypatch.setattr(
            sessions, "terminal_reports", lambda numbers, _: [["cHRzLzA=", 5, int(number)] for number in numbers]
        )
        monkeypatch.setattr(logind, "terminal_below", lambda _: self.terminal_below)
        reader = LogindSessions(os.fsencode(self.folder))
        self.watch = SessionWatch(written, b"boot", reader, os.fsencode(self.utmp))

    def session(self, name: str, text: str = FILE) -> None:
        """Write a session file as logind does: beside it, then renamed."""
        self.folder.mkdir(exist_ok=True)
        beside = self.folder / f".#{name}"
        beside.write_text(text, "utf-8")
        beside.rename(self.folder / name)

    def look(self, times: int = 1) -> list[Any]:
        """Look so many times; what was sent."""
        before = len(self.written.messages)
        for _ in range(times):
            self.watch.look_at_terminals()
            self.watch.look()
        return list(self.written.messages[before:])


@pytest.fixture
def machine(tmp_path: Path, written: Any, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, written, monkeypatch)


def ids(message: dict[str, Any]) -> list[bytes]:
    return [b64decode(one["id"]) for one in message["logind"]]


def test_where_nothing_tells_of_sessions_that_is_said(machine: Machine) -> None:
    [message] = machine.look()
    assert "logind" not in message
    assert "utmp" not in message


def test_an_empty_folder_means_nobody(machine: Machine) -> None:
    machine.folder.mkdir()
    [message] = machine.look()
    assert message["logind"] == []


def test_an_empty_folder_that_no_logind_keeps_means_nothing(machine: Machine) -> None:
    machine.folder.mkdir()
    machine.logind_runs.unlink()
    [message] = machine.look()
    assert "logind" not in message


def test_a_folder_with_sessions_is_kept_by_some_logind(machine: Machine) -> None:
    machine.logind_runs.unlink()
    machine.session("1")
    assert [ids(message) for message in machine.look()] == [[b"1"]]
    (machine.folder / "1").unlink()
    assert [ids(message) for message in machine.look()] == [[]]


def test_the_list_is_sent_once_and_again_when_it_changes(machine: Machine) -> None:
    machine.session("1")
    assert [ids(message) for message in machine.look(5)] == [[b"1"]]
    machine.session("2")
    assert [ids(message) for message in machine.look(5)] == [[b"1", b"2"]]
    (machine.folder / "1").unlink()
    assert [ids(message) for message in machine.look(5)] == [[b"2"]]


def test_a_change_within_one_step_of_the_file_clock_is_seen_at_the_next_look(machine: Machine) -> None:
    machine.session("1")
    machine.look()
    stamp = machine.folder.stat().st_mtime_ns
    machine.session("2")
    os.utime(machine.folder, ns=(stamp, stamp))
    assert [ids(message) for message in machine.look()] == [[b"1", b"2"]]


def test_what_changes_without_meaning_is_not_sent_again(machine: Machine) -> None:
    machine.session("1")
    machine.look(3)
    machine.session("1", FILE.replace("ACTIVE=1", "ACTIVE=0").replace("POSITION=0", "POSITION=2"))
    assert machine.look(3) == []


def test_only_the_lines_that_matter_are_sent(machine: Machine) -> None:
    machine.session("1")
    [message] = machine.look()
    lines = b64decode(message["logind"][0]["data"]).splitlines()
    assert lines == [b"UID=1000", b"USER=anna", b"STATE=active", b"TTY=pts/0", b"LEADER=4242", b"REALTIME=5"]


def test_the_fifo_beside_a_session_is_left_alone(machine: Machine) -> None:
    machine.session("1")
    os.mkfifo(machine.folder / "1.ref")
    os.mkfifo(machine.folder / "2")
    [message] = machine.look()
    assert ids(message) == [b"1"]


def test_a_new_terminal_is_reason_to_look_again(machine: Machine) -> None:
    machine.session("1")
    machine.look(3)
    machine.terminals = [b"0"]
    assert len(machine.look(3)) == 1


def test_a_terminal_that_the_file_does_not_name_is_that_of_the_processes(machine: Machine) -> None:
    machine.session("1", FILE.replace("TTY=pts/0\n", ""))
    [first] = machine.look()
    assert "tty_nr" not in first["logind"][0]
    machine.terminal_below = 34816
    [second] = machine.look()
    assert second["logind"][0]["tty_nr"] == 34816


def test_the_search_for_a_terminal_ends(machine: Machine) -> None:
    machine.session("1", FILE.replace("TTY=pts/0\n", ""))
    machine.look(SEARCHES + 2)
    machine.terminal_below = 34816
    assert machine.look(3) == []


def test_an_empty_utmp_is_none_and_the_processes_are_asked(machine: Machine) -> None:
    machine.watch = SessionWatch(machine.written, b"boot", LogindSessions(b"/nonexistent"), os.fsencode(machine.utmp))
    machine.utmp.touch()
    machine.watch.look()
    (message,) = machine.written.messages
    assert "utmp" not in message
    assert "proc" in message


def test_what_may_not_be_read_does_not_say_that_nobody_is_there(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.folder.mkdir()
    machine.utmp.write_bytes(bytes(384))
    shut = {os.fsencode(machine.folder), os.fsencode(machine.utmp)}
    monkeypatch.setattr(os, "access", lambda path, _: path not in shut)
    [message] = machine.look()
    assert "utmp" not in message
    assert "logind" not in message
    assert "proc" in message


def test_what_comes_to_be_readable_is_read(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.utmp.write_bytes(bytes(384))
    with monkeypatch.context() as shut:
        shut.setattr(os, "access", lambda *_: False)
        machine.look(2)
    machine.utmp.chmod(0o640)
    [message] = machine.look()
    assert b64decode(message["utmp"]) == bytes(384)


def test_the_utmp_file_is_sent_as_it_is(machine: Machine) -> None:
    machine.utmp.write_bytes(b"\7" + bytes(383))
    [message] = machine.look()
    assert b64decode(message["utmp"]) == b"\7" + bytes(383)


def test_consoles_that_somebody_uses_are_remembered(machine: Machine) -> None:
    machine.utmp.write_bytes(b"tty1\0tty11\0")
    machine.session("1", FILE.replace("pts/0", "tty2"))
    machine.look()
    assert machine.watch.consoles == [b"tty1", b"tty2", b"tty11"]


def test_more_sessions_than_fit_are_counted(machine: Machine) -> None:
    machine.folder.mkdir()
    for number in range(3):
        (machine.folder / str(number)).write_text(FILE, "utf-8")
    reader = LogindSessions(os.fsencode(machine.folder))
    reports, left_out = reader.read(200)
    assert (len(reports), left_out) == (1, 2)


def test_a_list_too_large_for_a_frame_is_sent_in_part(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.utmp.write_bytes(bytes(96_000))
    write = machine.written.write
    monkeypatch.setattr(machine.written, "write", lambda message: len(message["utmp"]) < 70_000 and write(message))
    monkeypatch.setattr(sessions, "UTMP_BYTES", 96_000)
    [message] = machine.look()
    assert len(b64decode(message["utmp"])) == 48_000
