"""Records as the shell's probe sends them: from where whotop left off, through rotation, never twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.probe.shell_probe import Begin, RunningShell, ShellMachine, record
from whotop.probe.linux.record_file import RecordFile
from whotop.wire.messages import (
    Answer,
    Cursor,
    Figures,
    FileIdentity,
    Hello,
    Origins,
    Read,
    Records,
    Request,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its rig is Linux")


def test_no_records_are_sent_that_nobody_asked_for(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.write_bytes(record(1))
    running = begin()
    running.next(Figures)
    running.next(Figures)
    assert not any(isinstance(one, Records) for one in running.said)


def test_what_is_not_asked_for_any_more_is_left_until_it_is_asked_for_again(
    machine: ShellMachine, begin: Begin
) -> None:
    machine.wtmp.write_bytes(record(1))
    running = begin()
    running.read_on()
    running.next_records()
    running.send(Read(origins=()))
    running.send(Request(id=1, kind="none"))
    running.next(Answer)
    with machine.wtmp.open("ab") as file:
        file.write(record(2))
    running.next(Figures)
    running.read_on()
    news = running.next_records()
    assert (news.data, news.start) == (record(2), 384)


def test_what_comes_to_be_readable_is_told(machine: ShellMachine) -> None:
    running = RunningShell("bash", machine.source.replace(b"3000", b"50"))
    try:
        assert {origin.state for origin in running.next(Hello).origins} == {"absent"}
        running.next(Figures)
        machine.wtmp.touch()
        told = {origin.name: origin.state for origin in running.next(Origins).origins}
        assert told == {"logind": "absent", "utmp": "absent", "wtmp": "readable", "btmp": "absent"}
    finally:
        running.close()


def test_an_empty_file_is_told_of_so_that_a_cursor_stands_before_its_first_record(
    machine: ShellMachine, begin: Begin
) -> None:
    machine.wtmp.touch()
    running = begin()
    running.read_on()
    assert (running.next_records().data, machine.wtmp.write_bytes(record(1))) == (b"", 384)
    news = running.next_records()
    assert (news.data, news.start, news.first_contact) == (record(1), 0, False)


def test_only_so_much_history_is_read_as_is_asked_for(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.write_bytes(b"".join(record(number) for number in range(100)))
    running = begin(history_bytes=9_600)
    running.read_on()
    assert running.next_records().start == 28_800 - 9_600 + 9_600


def cursor_of(path: Path, offset: int) -> Cursor:
    """As the Python probe tells it."""
    file = RecordFile(os.fsencode(path))
    identity = FileIdentity(device=file.device, inode=file.inode, head=file.head(offset))
    return Cursor(file=identity, offset=offset, tail=file.tail(offset))


def test_it_goes_on_where_the_python_probe_left_off(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.write_bytes(record(1) + record(2) + record(3))
    running = begin(cursors={"wtmp": cursor_of(machine.wtmp, 768)})
    running.read_on()
    late = running.next_records()
    assert (late.data, late.backlog, late.replaced) == (record(3), True, False)
    assert late.cursor == cursor_of(machine.wtmp, 1152)


def test_what_was_left_of_a_rotated_file_is_sent_before_the_new_one(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.write_bytes(record(1) + record(2))
    cursor = cursor_of(machine.wtmp, 384)
    machine.wtmp.rename(machine.wtmp.with_name("wtmp.1"))
    machine.wtmp.write_bytes(record(3))
    running = begin(cursors={"wtmp": cursor})
    running.read_on()
    old, new = running.next_records(), running.next_records()
    assert (old.data, old.start, old.backlog, old.replaced) == (record(2), 384, True, False)
    assert (new.data, new.start, new.backlog, new.replaced) == (record(3), 0, True, False)


def test_a_rotation_while_it_watches_loses_nothing(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.write_bytes(record(1))
    running = begin()
    running.read_on()
    running.next_records()
    with machine.wtmp.open("ab") as file:
        file.write(record(2))
    machine.wtmp.rename(machine.wtmp.with_name("wtmp.1"))
    machine.wtmp.write_bytes(record(3))
    old, new = running.next_records(), running.next_records()
    assert (old.data, new.data, new.start, new.replaced) == (record(2), record(3), 0, False)


@pytest.mark.parametrize(
    "moment", [b'named=$(identify "$log")\n', b'found=$(identify "$open")\n'], ids=["name", "size"]
)
def test_a_rotation_between_looking_at_the_name_and_at_the_size_loses_nothing(
    machine: ShellMachine, begin: Begin, moment: bytes
) -> None:
    script, rotating = machine.folder / "rotate", machine.folder / "rotating"
    rotated, older, newer = machine.wtmp.with_name("wtmp.1"), machine.folder / "older", machine.folder / "newer"
    script.write_text(
        f"rm {rotating}; cat {older} >>{machine.wtmp}; mv {machine.wtmp} {rotated}; cat {newer} >{machine.wtmp}"
    )
    older.write_bytes(record(2))
    newer.write_bytes(record(3))
    rotates = b"    [ ! -e %b ] || . %b\n" % (bytes(rotating), bytes(script))
    machine.wtmp.write_bytes(record(1))
    running = begin(source=machine.source.replace(moment, moment + rotates))
    running.read_on()
    running.next_records()
    rotating.touch()
    assert [running.next_records().data for _ in range(2)] == [record(2), record(3)]


def test_a_file_that_was_shortened_is_read_from_its_beginning_and_that_is_said(
    machine: ShellMachine, begin: Begin
) -> None:
    machine.wtmp.write_bytes(record(1) + record(2))
    running = begin()
    running.read_on()
    running.next_records()
    with machine.wtmp.open("r+b") as file:
        file.write(record(3))
        file.truncate()
    again = running.next_records()
    assert (again.data, again.start, again.replaced, again.first_contact) == (record(3), 0, True, False)


def test_a_copy_that_was_truncated_is_no_shortened_file(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.write_bytes(record(1) + record(2))
    running = begin()
    running.read_on()
    running.next_records()
    machine.wtmp.with_name("wtmp.1").write_bytes(record(1) + record(2))
    machine.wtmp.write_bytes(record(3))
    again = running.next_records()
    assert (again.data, again.start, again.replaced) == (record(3), 0, False)
