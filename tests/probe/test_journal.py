from __future__ import annotations

import json
import os
import select
import stat
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.probe.conftest import Collected
from tests.probe.pieces import Piece, sent
from whotop.parse import journal
from whotop.probe.linux.journal import JOURNAL_FIELDS, JournalWatch
from whotop.probe.linux.record_file import UnreadableFile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the probe is for Linux")

HISTORY_BYTES = 7_680_000
PATIENCE_SECONDS = 20.0

_PROGRAM = """#!/bin/sh
cd {folder}
echo "$*" >> calls
case "$*" in
*--follow*) . ./when_following ;;
*) . ./when_reading ;;
esac
"""


class Journalctl:
    """A program that answers as journalctl does, from files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "journalctl"
        self.path.write_text(_PROGRAM.format(folder=folder))
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)
        (folder / "stored").touch()
        (folder / "news").touch()
        self.does("when_reading", "cat stored")
        self.does("when_following", "exec tail -n +1 -f news")

    def does(self, when: str, commands: str) -> None:
        (self.folder / when).write_text(commands)

    def stored(self, *lines: bytes) -> None:
        (self.folder / "stored").write_bytes(b"".join(lines))

    def news(self, *lines: bytes) -> None:
        with (self.folder / "news").open("ab") as file:
            file.write(b"".join(lines))

    @property
    def calls(self) -> list[list[str]]:
        calls = self.folder / "calls"
        return [line.split() for line in calls.read_text().splitlines()] if calls.exists() else []


@pytest.fixture
def journalctl(tmp_path: Path) -> Journalctl:
    return Journalctl(tmp_path)


@pytest.fixture
def begin(written: Collected, journalctl: Journalctl) -> Iterator[Callable[..., JournalWatch]]:
    begun: list[JournalWatch] = []

    def started(cursor: dict[str, Any] | None = None, history_bytes: int = HISTORY_BYTES) -> JournalWatch:
        watch = JournalWatch(written, "journal", str(journalctl.path))
        begun.append(watch)
        watch.start(cursor, history_bytes)
        return watch

    yield started
    for watch in begun:
        watch.close()


def entry(number: int, message: Any = "Server listening") -> bytes:
    return json.dumps({"MESSAGE": message, "__CURSOR": f"s=1;i={number}"}).encode() + b"\n"


def numbers(pieces: list[Piece]) -> list[int]:
    lines = [json.loads(line) for piece in pieces for line in piece.data.splitlines()]
    return [int(line["__CURSOR"].rpartition("=")[2]) for line in lines]


def gather(written: Collected, watch: JournalWatch, is_enough: Callable[[list[Piece]], bool]) -> list[Piece]:
    """What it sends until that is enough, waiting as the probe's loop does."""
    pieces: list[Piece] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_enough(pieces):
        assert time.monotonic() < deadline, pieces
        if watch.handle >= 0:
            select.select([watch.handle], [], [], 0.2)
        pieces += sent(written, watch, looks=1)
    return pieces


def until(number: int) -> Callable[[list[Piece]], bool]:
    return lambda pieces: number in numbers(pieces)


def test_what_is_there_is_history_and_what_comes_is_news(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1), entry(2))
    journalctl.news(entry(3))
    history, news = gather(written, begin(), until(3))
    assert (numbers([history]), history.marks, history.mark) == ([1, 2], {"first_contact"}, b"s=1;i=2")
    assert (numbers([news]), news.marks, news.mark) == ([3], set(), b"s=1;i=3")


def test_it_follows_from_the_last_entry_that_was_sent(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1), entry(2))
    journalctl.news(entry(3))
    gather(written, begin(), until(3))
    reading, following = journalctl.calls
    assert "--lines=12000" in reading
    assert not any(word.startswith(("--cursor", "--since")) for word in reading)
    assert {"--follow", "--no-tail", "--cursor=s=1;i=2"} <= set(following)


def test_only_what_root_wrote_about_logins_is_asked_for(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.news(entry(3))
    gather(written, begin(), until(3))
    for call in journalctl.calls:
        assert {"--identifier=sshd", "--identifier=sshd-session", "--identifier=systemd-logind", "_UID=0"} <= set(call)


def test_a_journal_without_such_entries_is_told_of_so_that_the_first_is_news(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.news(entry(1))
    empty, news = gather(written, begin(), until(1))
    assert (empty.data, empty.marks) == (b"", {"first_contact"})
    assert empty.mark.startswith(b"@")
    assert news.marks == set()
    assert "--since=" + empty.mark.decode() in journalctl.calls[1]


def test_a_restart_goes_on_behind_what_was_acknowledged_and_that_is_late(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1))
    before = gather(written, begin(), lambda pieces: bool(pieces))
    journalctl.stored(entry(2))
    (late,) = gather(written, begin(before[-1].cursor), until(2))
    assert late.marks == {"backlog"}
    assert "--cursor=s=1;i=1" in journalctl.calls[-1]
    assert late.number == before[-1].number + 1


def test_the_entry_of_the_cursor_is_not_told_again(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1))
    before = gather(written, begin(), lambda pieces: bool(pieces))
    journalctl.stored(entry(1), entry(2))
    journalctl.news(entry(2), entry(3))
    assert numbers(gather(written, begin(before[-1].cursor), until(3))) == [2, 3]


def test_no_history_is_read_for_who_wants_none(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1))
    journalctl.news(entry(2))
    pieces = gather(written, begin(history_bytes=0), until(2))
    assert numbers(pieces) == [2]


def test_news_wait_until_the_history_has_gone(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(*(entry(number, "x" * 900) for number in range(400)))
    journalctl.news(entry(999))
    watch = begin()
    pieces = gather(written, watch, until(999))
    assert numbers(pieces) == [*range(400), 999]
    assert [piece.marks for piece in pieces][-2:] == [{"first_contact"}, set()]
    assert max(len(piece.data) for piece in pieces) < 60_000


def test_no_more_is_read_than_can_be_sent(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.does("when_reading", 'yes \'{"__CURSOR":"s=1;i=1"}\'')
    watch = begin()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(written.messages) < 4:
        assert time.monotonic() < deadline
        watch.look()
        if watch.can_send:
            watch.send_piece()
    for _ in range(20):
        watch.look()
    assert not watch.can_send
    assert len(watch._buffer) < 200_000


def test_a_line_that_is_too_long_is_left_out(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1), entry(2, "x" * 300_000), entry(3))
    assert numbers(gather(written, begin(), until(3))) == [1, 3]


def test_a_cursor_that_journalctl_refuses_is_followed_by_its_time(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1))
    before = gather(written, begin(), lambda pieces: bool(pieces))
    cursor = {**before[-1].cursor, "mark": b64encode(b"s=1;i=1;t=64511e4aa6000;x=2").decode()}
    journalctl.stored(entry(2))
    journalctl.does("when_reading", 'case "$*" in *--cursor*) exit 1 ;; esac; cat stored')
    (piece, *_) = gather_with_no_pause(written, begin(cursor), 2)
    assert piece.marks == {"backlog"}
    assert "--since=@1764793013.395456" in journalctl.calls[-2] + journalctl.calls[-1]


def test_the_parser_reads_no_field_that_is_not_asked_for() -> None:
    assert {*journal.FIELDS} <= {*JOURNAL_FIELDS, "_BOOT_ID"}


def test_a_message_cannot_pass_for_a_cursor(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1, '"__CURSOR":"s=9;i=9" "__CURSOR" : "s=8;i=8"'))
    (piece, *_) = gather(written, begin(), until(1))
    assert piece.mark == b"s=1;i=1"


def test_a_journalctl_that_does_not_know_the_choice_of_fields_is_asked_for_all(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1))
    journalctl.does("when_reading", 'case "$*" in *--output-fields*) exit 1 ;; esac; cat stored')
    watch = begin()
    watch._next_start = 0.0
    gather_with_no_pause(written, watch, 1)
    assert not any(word.startswith("--output-fields") for word in journalctl.calls[1])


def gather_with_no_pause(written: Collected, watch: JournalWatch, number: int) -> list[Piece]:
    def is_enough(pieces: list[Piece]) -> bool:
        watch._next_start = 0.0
        return number in numbers(pieces)

    return gather(written, watch, is_enough)


def test_a_journalctl_that_dies_is_started_again_and_nothing_is_lost_or_told_twice(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.stored(entry(1))
    journalctl.does(
        "when_following",
        'case "$*" in *i=1\\ *) cat news; printf half; kill -9 $$ ;; esac; exec tail -n +1 -f more',
    )
    journalctl.news(entry(2))
    (journalctl.folder / "more").write_bytes(entry(3))
    pieces = gather_with_no_pause(written, begin(), 3)
    assert numbers(pieces) == [1, 2, 3]
    assert "--cursor=s=1;i=2" in journalctl.calls[-1]


def test_one_that_fails_again_and_again_is_given_up(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]
) -> None:
    journalctl.does("when_reading", "exit 1")
    watch = begin()
    with pytest.raises(UnreadableFile, match="status 1"):
        gather_with_no_pause(written, watch, 1)
    assert len(journalctl.calls) == 5


def test_a_machine_without_journalctl_sends_nothing(written: Collected) -> None:
    watch = JournalWatch(written, "journal", "/nowhere/journalctl")
    watch.start(None, HISTORY_BYTES)
    assert sent(written, watch) == []


def test_it_ends_with_the_watch(written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch]) -> None:
    journalctl.news(entry(1))
    journalctl.does("when_following", "echo $$ >pid; exec tail -n +1 -f news")
    watch = begin()
    gather(written, watch, until(1))
    process = int((journalctl.folder / "pid").read_text())
    watch.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_what_it_runs_has_an_environment_of_its_own(
    written: Collected, journalctl: Journalctl, begin: Callable[..., JournalWatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSTEMD_PAGER", "mischief")
    journalctl.stored(entry(1))
    journalctl.does("when_reading", "env >env; cat stored")
    gather(written, begin(), until(1))
    environment = (journalctl.folder / "env").read_text()
    assert "LC_ALL=C" in environment
    assert "mischief" not in environment
