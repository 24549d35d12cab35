"""Who descends from whom."""

from __future__ import annotations

import os

from whotop.probe.linux.process_table import command_line, descendants, own_ancestors, parent_of, process_reports


def line(pid: int, parent: int, name: bytes = b"x") -> bytes:
    return b"%d (%s) S %d 1 1 0 -1" % (pid, name, parent)


def test_a_name_with_parentheses_does_not_move_the_fields() -> None:
    assert parent_of(line(5, 4, b"a) S 99 (b")) == 4


def test_nothing_has_no_parent() -> None:
    assert parent_of(b"") == 0


def test_descendants_come_the_nearest_first_and_without_others() -> None:
    lines = {pid: line(pid, parent) for pid, parent in ((1, 0), (10, 1), (11, 10), (12, 10), (13, 11), (20, 1))}
    assert descendants(10, lines) == [10, 11, 12, 13]


def test_a_process_that_is_gone_has_none() -> None:
    assert descendants(10, {1: line(1, 0)}) == []


def test_a_circle_ends() -> None:
    assert descendants(1, {1: line(1, 2), 2: line(2, 1)}) == [1, 2]


def test_no_more_than_500_are_told() -> None:
    assert len(descendants(1, {pid: line(pid, pid - 1) for pid in range(1, 2_000)})) == 500


def test_the_reports_keep_to_their_budget() -> None:
    assert len(process_reports(os.getpid(), 1_000_000)) >= 1
    assert process_reports(os.getpid(), 10) == []


def test_its_own_ancestors_begin_with_its_parent() -> None:
    assert own_ancestors()[0] == os.getppid()


def test_a_process_that_waits_for_a_disk_is_not_asked_for_its_command_line() -> None:
    own = b"%d (x) %%s 1 1 1 0 -1" % os.getpid()
    assert command_line(os.getpid(), own % b"S") != b""
    assert command_line(os.getpid(), own % b"D") == b""
