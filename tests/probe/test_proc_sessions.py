"""Who is logged in as the running processes tell it: which of them count, and how seldom they are read."""

from __future__ import annotations

import os
import sys
from base64 import b64decode
from typing import Any

import pytest

from whotop.probe.linux import login_process, proc_sessions
from whotop.probe.linux.login_process import address_of
from whotop.probe.linux.proc_sessions import LIST_SECONDS, READ_ALL_EVERY, LoginProcesses

PTS_0 = 34816


class Processes:
    """A /proc that the test fills."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: dict[int, bytes] = {}
        self.titles: dict[int, bytes] = {}
        self.owners: dict[int, int] = {}
        self.of_containers: set[int] = set()
        self.newest = 1
        self.reads: list[int] = []
        self._now = 100.0
        self.add(1, "init", parent=0, owner=0)
        for room in (login_process, proc_sessions):
            monkeypatch.setattr(room, "stat_line", self._stat_line)
        monkeypatch.setattr(login_process, "owner_of", lambda pid: self.owners.get(pid, -1))
        monkeypatch.setattr(login_process, "user_name", lambda uid: b"user%d" % uid)
        monkeypatch.setattr(login_process, "far_end", lambda pid: b"from-%d" % pid)
        monkeypatch.setattr(login_process, "is_of_this_system", lambda pid: pid not in self.of_containers)
        monkeypatch.setattr(proc_sessions, "title_of", lambda pid: self.titles[pid])
        monkeypatch.setattr(proc_sessions, "file_names", lambda _: [b"self", *(b"%d" % pid for pid in self.lines)])
        monkeypatch.setattr(os.path, "exists", lambda path: int(path.split(b"/")[2]) in self.lines)
        self.found = LoginProcesses()
        monkeypatch.setattr(self.found._loadavg, "read", lambda: b"0.00 0.00 0.00 1/9 %d" % self.newest)

    def add(self, pid: int, name: str, *, parent: int, owner: int, title: str = "", tty: int = 0) -> None:
        """Let a process begin; with a terminal it leads that terminal's session."""
        self.lines[pid] = b"%d (%b) S %d %d %d %d 0 0" % (pid, name.encode(), parent, pid, pid, tty)
        self.titles[pid] = (title or name).encode()
        self.owners[pid] = owner
        self.newest = pid

    def end(self, pid: int) -> None:
        del self.lines[pid]

    def sshd(self, pid: int, title: str, *, parent: int = 10, owner: int = 1000) -> None:
        self.add(pid, "sshd", parent=parent, owner=owner, title=title)

    def listener(self) -> None:
        self.add(10, "sshd", parent=1, owner=0, title="sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups")

    def look(self, times: int = 1, seconds: float = 1.0) -> bool:
        """Look so many times; whether the last look found a change."""
        changed = False
        for _ in range(times):
            self._now += seconds
            changed = self.found.look(self._now)
        return changed

    @property
    def titles_found(self) -> list[bytes] | None:
        reports: Any = self.found.reports
        return None if reports is None else [b64decode(report["cmdline"]) for report in reports]

    def _stat_line(self, pid: int) -> bytes:
        self.reads.append(pid)
        return self.lines.get(pid, b"")


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    return Processes(monkeypatch)


def test_where_nobody_is_logged_in_the_list_is_empty(processes: Processes) -> None:
    processes.listener()
    assert processes.look()
    assert processes.titles_found == []


def test_where_processes_are_hidden_there_is_no_list(processes: Processes) -> None:
    processes.end(1)
    processes.look()
    assert processes.titles_found is None


def test_sshds_process_for_a_user_is_a_login_and_its_monitor_is_none(processes: Processes) -> None:
    processes.listener()
    processes.sshd(20, "sshd: anna [priv]", owner=0)
    processes.sshd(21, "sshd: anna@pts/0", parent=20)
    processes.look()
    assert processes.titles_found == [b"sshd: anna@pts/0"]
    assert processes.found.reports is not None
    assert processes.found.reports[0]["uid"] == 1000


@pytest.mark.parametrize("title", ["sshd: anna [net]", "sshd: [accepted]", "sshd: unknown [priv]", "sshd -D", "sshd: "])
def test_who_has_not_logged_in_yet_is_nobody(processes: Processes, title: str) -> None:
    processes.listener()
    processes.sshd(20, title)
    processes.look()
    assert processes.titles_found == []


def test_who_is_about_to_log_in_is_seen_once_the_title_says_so(processes: Processes) -> None:
    processes.listener()
    processes.sshd(20, "sshd: anna [priv]", owner=0)
    processes.sshd(21, "sshd: anna [net]", parent=20)
    processes.look(4)
    processes.titles[21] = b"sshd: anna@pts/0"
    processes.add(22, "bash", parent=21, owner=1000)
    processes.look(4)
    assert processes.titles_found == [b"sshd: anna@pts/0"]


def test_a_process_that_only_calls_itself_sshd_is_no_login(processes: Processes) -> None:
    processes.add(30, "bash", parent=1, owner=1000)
    processes.sshd(31, "sshd: root@pts/0", parent=30)
    processes.sshd(32, "sshd: root@pts/1", parent=1)
    processes.look()
    assert processes.titles_found == []


def test_a_child_of_a_login_with_the_same_title_is_not_a_second_one(processes: Processes) -> None:
    processes.listener()
    processes.sshd(20, "sshd: anna@notty", owner=1000)
    processes.sshd(21, "sshd: anna@internal-sftp", parent=20)
    processes.look()
    assert processes.titles_found == [b"sshd: anna@notty"]


def test_the_first_shell_on_a_terminal_is_a_login(processes: Processes) -> None:
    processes.add(40, "login", parent=1, owner=0, tty=1025)
    processes.add(41, "bash", parent=40, owner=1000, title="-bash", tty=1025)
    processes.add(42, "ash", parent=1, owner=1000, title="-ash", tty=1026)
    processes.add(50, "dropbear", parent=1, owner=0)
    processes.add(51, "sh", parent=50, owner=1001, title="-sh", tty=PTS_0)
    processes.look()
    assert processes.titles_found == [b"-bash", b"-ash", b"-sh"]
    reports: Any = processes.found.reports
    assert [b64decode(report["source"]) for report in reports] == [b"from-40", b"", b"from-50"]


@pytest.mark.parametrize("starter", ["tmux: server", "screen", "sudo", "su", "bash", "script"])
def test_a_shell_that_a_user_started_in_another_terminal_is_no_login(processes: Processes, starter: str) -> None:
    processes.add(60, starter, parent=1, owner=1000)
    processes.add(61, "bash", parent=60, owner=1000, title="-bash", tty=PTS_0)
    processes.look()
    assert processes.titles_found == []


def test_what_runs_in_a_container_is_no_login_here(processes: Processes) -> None:
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.of_containers.add(21)
    processes.look()
    assert processes.titles_found == []


def test_a_login_shell_that_becomes_something_else_is_still_the_login(processes: Processes) -> None:
    processes.add(42, "ash", parent=1, owner=1000, title="-ash", tty=1026)
    processes.look(3)
    processes.titles[42] = b"vim"
    processes.look(10)
    assert processes.titles_found == [b"-ash"]


def test_a_second_terminal_in_one_connection_is_another_report(processes: Processes) -> None:
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.look(3)
    processes.titles[21] = b"sshd: anna@pts/0,pts/1"
    processes.add(30, "bash", parent=21, owner=1000)
    processes.look(4)
    assert processes.titles_found == [b"sshd: anna@pts/0,pts/1"]


def test_an_end_is_seen_though_nothing_new_begins(processes: Processes) -> None:
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.look(5)
    processes.end(21)
    assert processes.look()
    assert processes.titles_found == []


def test_while_no_process_begins_none_is_read(processes: Processes) -> None:
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.look(4)
    processes.reads.clear()
    assert not processes.look(5)
    assert set(processes.reads) == {1}


def test_when_one_begins_it_alone_is_read_and_read_again_until_it_has_settled(processes: Processes) -> None:
    for pid in range(100, 400):
        processes.add(pid, "kworker", parent=1, owner=0)
    processes.look(4)
    processes.reads.clear()
    processes.add(400, "cron", parent=1, owner=0)
    processes.look(4)
    assert processes.reads.count(400) == 2
    assert set(processes.reads) == {1, 400}


def test_it_looks_at_most_once_a_second(processes: Processes) -> None:
    processes.look(3)
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    assert not processes.look(1, seconds=0.25)
    assert processes.look(1, seconds=0.75)


def test_where_the_newest_process_is_not_told_all_are_listed(processes: Processes) -> None:
    processes.newest = 0
    processes.look(4)
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.newest = 0
    assert processes.look(1, seconds=LIST_SECONDS)


def test_ids_that_begin_again_from_the_front_are_all_listed(processes: Processes) -> None:
    processes.newest = 32_767
    processes.look(4)
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    assert processes.look(1)


def test_where_very_many_have_begun_they_are_listed(processes: Processes) -> None:
    processes.look(4)
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.newest = 5_000
    processes.reads.clear()
    assert processes.look()
    assert len(processes.reads) < 20


def test_now_and_then_all_are_read_anew(processes: Processes) -> None:
    processes.add(100, "kworker", parent=1, owner=0)
    processes.look(4)
    processes.reads.clear()
    processes.look(READ_ALL_EVERY, seconds=LIST_SECONDS)
    assert 100 in processes.reads


def test_a_login_that_changes_without_starting_anything_is_seen_at_the_next_list(processes: Processes) -> None:
    processes.listener()
    processes.sshd(21, "sshd: anna@pts/0")
    processes.look(3)
    processes.titles[21] = b"sshd: anna@pts/0,pts/1"
    assert processes.look(1, seconds=LIST_SECONDS)


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (b"0300000A", b"10.0.0.3"),
        (b"0000000000000000FFFF00000300000A", b"10.0.0.3"),
        (b"B80D0120000000000000000009000000", b"2001:db8:0:0:0:0:0:9"),
        (b"", b""),
        (b"xyz", b""),
        (b"00", b""),
    ],
)
def test_an_address_of_the_socket_table_is_read_in_the_machines_own_order(
    monkeypatch: pytest.MonkeyPatch, words: bytes, address: bytes
) -> None:
    monkeypatch.setattr(sys, "byteorder", "little")
    assert address_of(words) == address


def test_an_address_of_a_big_machine_is_read_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "byteorder", "big")
    assert address_of(b"0A000003") == b"10.0.0.3"
