"""Files of login records: each record is sent once, whatever becomes of the file meanwhile."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.probe.followed import SIZE, append, begin, drain, numbers, read_all, record
from whotop.probe.linux.framing import ALIGNMENT, PIECE_BYTES, record_bytes
from whotop.probe.linux.record_file import RecordFile
from whotop.probe.linux.source import PIECES_UNDERWAY


@pytest.fixture
def wtmp(tmp_path: Path) -> Path:
    return tmp_path / "wtmp"


def test_a_first_contact_is_history(wtmp: Path) -> None:
    append(wtmp, 1, 2, 3)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3]
    assert listener.flags("first_contact") == [True]


def test_a_first_contact_reads_so_far_back_and_begins_at_a_whole_record_of_either_size(wtmp: Path) -> None:
    append(wtmp, *range(200))
    watch, listener = begin(wtmp, history_bytes=50 * SIZE)
    drain(watch, listener)
    assert listener.pieces[0]["start"] % ALIGNMENT == 0
    assert listener.numbers == list(range(150, 200))


def test_what_is_written_after_a_first_contact_is_news(wtmp: Path) -> None:
    append(wtmp, 1)
    watch, listener = begin(wtmp)
    append(wtmp, 2)
    drain(watch, listener)
    assert listener.numbers == [1, 2]
    assert listener.flags("first_contact") == [True, False]
    assert listener.flags("backlog") == [False, False]


def test_an_empty_file_is_told_of_once_so_that_its_first_record_is_news_after_a_restart(wtmp: Path) -> None:
    wtmp.touch()
    watch, listener = begin(wtmp)
    drain(watch, listener)
    assert [piece["data"] for piece in listener.pieces] == [""]
    append(wtmp, 1)
    watch, late = begin(wtmp, listener.pieces[-1]["cursor"])
    drain(watch, late)
    assert late.numbers == [1]
    assert late.flags("backlog") == [True]


def test_a_file_that_appears_later_is_news_from_its_beginning(wtmp: Path) -> None:
    watch, listener = begin(wtmp)
    drain(watch, listener)
    append(wtmp, 1)
    drain(watch, listener)
    assert listener.numbers == [1]
    assert not any(listener.flags("first_contact"))


def test_after_a_restart_it_goes_on_behind_the_cursor_and_marks_the_backlog(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    cursor = read_all(wtmp)
    append(wtmp, 3)
    watch, listener = begin(wtmp, cursor)
    append(wtmp, 4)
    drain(watch, listener)
    assert listener.numbers == [3, 4]
    assert listener.flags("backlog") == [True, False]


def test_with_nothing_new_nothing_is_sent(wtmp: Path) -> None:
    append(wtmp, 1)
    watch, listener = begin(wtmp, read_all(wtmp))
    drain(watch, listener)
    assert listener.pieces == []


def test_the_bytes_of_an_unfinished_record_wait_for_the_rest(wtmp: Path) -> None:
    append(wtmp, 1)
    with wtmp.open("ab") as file:
        file.write(record(2)[:100])
        file.flush()
        watch, listener = begin(wtmp)
        drain(watch, listener)
        assert listener.numbers == [1]
        file.write(record(2)[100:])
    drain(watch, listener)
    assert listener.numbers == [1, 2]


def test_records_of_400_bytes_are_known_by_the_second_one(wtmp: Path) -> None:
    wtmp.write_bytes(b"".join(record(number, 400) for number in range(3)) + record(3, 400)[:384])
    watch, listener = begin(wtmp)
    drain(watch, listener)
    assert [len(b64decode(piece["data"])) for piece in listener.pieces] == [1200]


def test_a_rotation_while_watching_loses_nothing(wtmp: Path) -> None:
    append(wtmp, 1)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    rotated = wtmp.with_name("wtmp.1")
    wtmp.rename(rotated)
    append(rotated, 2)
    append(wtmp, 3)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3]
    assert not any(listener.flags("replaced"))
    assert listener.flags("backlog")[1:] == [False, False]


@pytest.mark.parametrize("name", ["wtmp.1", "wtmp-20261101"])
def test_a_rotation_while_away_loses_nothing(wtmp: Path, name: str) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    append(wtmp, 2)
    wtmp.rename(wtmp.with_name(name))
    append(wtmp, 3)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [2, 3]
    assert listener.flags("backlog") == [True, True]
    assert not any(listener.flags("replaced"))


def test_a_rotated_file_that_was_read_to_its_end_is_followed_by_the_new_one(wtmp: Path) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    wtmp.rename(wtmp.with_name("wtmp.1"))
    wtmp.touch()
    watch, listener = begin(wtmp, cursor)
    append(wtmp, 2)
    drain(watch, listener)
    assert listener.numbers == [2]


def test_the_cursor_of_a_rotated_file_is_still_good_when_a_restart_finds_it(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    cursor = read_all(wtmp)
    append(wtmp, 3)
    wtmp.rename(wtmp.with_name("wtmp.1"))
    append(wtmp, 4)
    watch, first = begin(wtmp, cursor)
    watch.look()
    watch.send_piece()
    assert first.numbers == [3]
    watch, second = begin(wtmp, first.pieces[-1]["cursor"])
    drain(watch, second)
    assert second.numbers == [4]


def test_a_file_that_became_shorter_is_read_from_its_beginning_and_marked(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    os.truncate(wtmp, 0)
    append(wtmp, 3)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3]
    assert listener.flags("replaced") == [False, True]
    assert listener.flags("first_contact") == [True, False]


def test_a_file_shortened_and_grown_again_between_two_looks_is_noticed(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    os.truncate(wtmp, 0)
    append(wtmp, 3, 4, 5)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3, 4, 5]
    assert listener.flags("replaced") == [False, True]


def test_a_record_that_is_erased_where_it_stands_is_noticed_before_the_next_is_written(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    with wtmp.open("r+b") as file:
        file.seek(SIZE)
        file.write(bytes(SIZE))
    drain(watch, listener)
    assert listener.flags("replaced") == [False, True]


def test_a_file_that_is_only_touched_is_the_same(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    wtmp.touch()
    wtmp.chmod(0o600)
    drain(watch, listener)
    assert listener.flags("replaced") == [False]


def test_another_file_in_its_place_is_read_from_its_beginning_and_marked(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    cursor = read_all(wtmp)
    wtmp.unlink()
    append(wtmp, 7, 8, 9)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [7, 8, 9]
    assert listener.flags("replaced") == [True]


def test_a_copy_with_another_inode_is_the_same_file(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    cursor = read_all(wtmp)
    copy = wtmp.read_bytes()
    wtmp.unlink()
    wtmp.write_bytes(copy)
    append(wtmp, 3)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [3]
    assert not any(listener.flags("replaced"))


def test_a_file_that_is_gone_leaves_the_watch_waiting(wtmp: Path) -> None:
    append(wtmp, 1)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    wtmp.unlink()
    drain(watch, listener)
    append(wtmp, 2)
    drain(watch, listener)
    assert listener.numbers == [1, 2]


def test_no_more_than_four_pieces_are_on_their_way(wtmp: Path) -> None:
    wtmp.write_bytes(b"".join(record(number) for number in range(8 * PIECE_BYTES // SIZE)))
    watch, listener = begin(wtmp)
    watch.look()
    while watch.can_send:
        watch.send_piece()
    assert len(listener.pieces) == PIECES_UNDERWAY
    watch.acknowledge(listener.pieces[1]["cursor"]["offset"])
    while watch.can_send:
        watch.send_piece()
    assert len(listener.pieces) == PIECES_UNDERWAY + 2


def test_of_two_pieces_that_end_at_one_offset_the_later_is_acknowledged(wtmp: Path) -> None:
    watch, listener = begin(wtmp)

    def tell() -> None:
        watch.look()
        while watch.can_send:
            watch.send_piece()

    for _ in range(2):
        append(wtmp, 1)
        append(wtmp, 2)
        tell()
        wtmp.write_bytes(b"")
        tell()
    ends = [piece["cursor"]["offset"] for piece in listener.pieces]
    assert ends == [768, 0, 768, 0]
    watch.acknowledge(0)
    for number in range(PIECES_UNDERWAY):
        append(wtmp, number)
        tell()
    assert len(listener.pieces) == 2 * PIECES_UNDERWAY


def test_a_piece_fits_into_a_frame_and_ends_with_a_whole_record(wtmp: Path) -> None:
    wtmp.write_bytes(b"".join(record(number) for number in range(500)))
    watch, listener = begin(wtmp)
    drain(watch, listener)
    sizes = [len(b64decode(piece["data"])) for piece in listener.pieces]
    assert max(sizes) <= 65_536
    assert all(size % SIZE == 0 for size in sizes)
    assert listener.numbers == list(range(500))


def test_an_acknowledgement_of_nothing_changes_nothing(wtmp: Path) -> None:
    append(wtmp, 1)
    watch, listener = begin(wtmp)
    watch.acknowledge(12_345)
    drain(watch, listener)
    assert listener.numbers == [1]


def test_a_fifo_in_its_place_is_not_waited_for(wtmp: Path) -> None:
    os.mkfifo(wtmp)
    watch, listener = begin(wtmp)
    watch.look()
    assert listener.pieces == []


STEPS = st.lists(st.sampled_from(["append", "rotate", "look", "send", "acknowledge", "restart"]), max_size=40)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_in_whatever_order_each_record_is_stored_once(steps: list[str]) -> None:
    """The store keeps a piece with its cursor, then acknowledges; a restart goes on from that cursor."""
    with TemporaryDirectory() as folder:
        wtmp = Path(folder) / "wtmp"
        wtmp.touch()
        watch, listener = begin(wtmp)
        stored: list[int] = []
        cursor, kept, written, unread_rotations = None, 0, 0, 0
        for step in [*steps, "restart"]:
            if step == "append":
                append(wtmp, written := written + 1)
            elif step == "rotate" and not unread_rotations:
                wtmp.rename(wtmp.with_name("wtmp.1"))
                wtmp.touch()
                unread_rotations = 1
            elif step == "look":
                watch.look()
            elif step == "send" and watch.can_send:
                watch.send_piece()
            elif step == "acknowledge" and kept < len(listener.pieces):
                piece = listener.pieces[kept]
                kept += 1
                stored += numbers(b64decode(piece["data"]))
                cursor = piece["cursor"]
                watch.acknowledge(cursor["offset"])
            elif step == "restart" and cursor is not None:
                watch, listener = begin(wtmp, cursor)
                kept = 0
        drain(watch, listener)
        for piece in listener.pieces[kept:]:
            stored += numbers(b64decode(piece["data"]))
        assert stored == list(range(1, written + 1))
        assert not any(listener.flags("replaced"))


def test_the_record_size_is_that_of_this_machine_unless_the_file_says_otherwise(wtmp: Path) -> None:
    wtmp.touch()
    assert record_bytes(RecordFile(os.fsencode(wtmp))) in {384, 400}
