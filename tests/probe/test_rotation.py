"""Rotation, in every way that logrotate knows: what was not yet read is found in the copies."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.probe.followed import SIZE, append, begin, drain, read_all, record
from whotop.probe.linux.rotation import copy_names

COMPRESSORS: list[tuple[str, Callable[[bytes], bytes]]] = [
    (".gz", gzip.compress),
    (".xz", lzma.compress),
    (".bz2", bz2.compress),
]
DAY_NS = 86_400 * 1_000_000_000


@pytest.fixture
def wtmp(tmp_path: Path) -> Path:
    return tmp_path / "wtmp"


def dated(path: Path, days_ago: float) -> None:
    """Make a copy as old as one that was rotated then."""
    now_ns = path.stat().st_mtime_ns
    os.utime(path, ns=(now_ns, round(now_ns - days_ago * DAY_NS)))


def copy_and_truncate(wtmp: Path, copy: str = "wtmp.1") -> None:
    """As logrotate does with ``copytruncate``."""
    wtmp.with_name(copy).write_bytes(wtmp.read_bytes())
    os.truncate(wtmp, 0)


def test_a_file_that_was_copied_and_emptied_goes_on_without_an_alarm(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    append(wtmp, 3)
    copy_and_truncate(wtmp)
    append(wtmp, 4)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3, 4]
    assert not any(listener.flags("replaced"))
    assert not any(listener.flags("backlog"))


def test_it_may_have_grown_past_our_place_by_the_next_look(wtmp: Path) -> None:
    append(wtmp, 1, 2)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    copy_and_truncate(wtmp)
    append(wtmp, 3, 4, 5)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3, 4, 5]
    assert not any(listener.flags("replaced"))


def test_copied_and_emptied_while_away(wtmp: Path) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    append(wtmp, 2)
    copy_and_truncate(wtmp, "wtmp-20261122")
    append(wtmp, 3)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [2, 3]
    assert listener.flags("backlog") == [True, True]
    assert not any(listener.flags("replaced"))


@pytest.mark.parametrize(("ending", "compressed"), COMPRESSORS, ids=["gzip", "xz", "bzip2"])
def test_what_was_not_read_is_found_in_a_compressed_copy(
    wtmp: Path, ending: str, compressed: Callable[[bytes], bytes]
) -> None:
    append(wtmp, *range(1, 301))
    cursor = read_all(wtmp)
    append(wtmp, *range(301, 901))
    wtmp.with_name("wtmp.1" + ending).write_bytes(compressed(wtmp.read_bytes()))
    wtmp.unlink()
    append(wtmp, 901)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == list(range(301, 902))
    assert not any(listener.flags("replaced"))


def test_the_cursor_within_a_compressed_copy_is_good(wtmp: Path) -> None:
    append(wtmp, *range(600))
    cursor = read_all(wtmp)
    append(wtmp, *range(600, 900))
    wtmp.with_name("wtmp.1.gz").write_bytes(gzip.compress(wtmp.read_bytes()))
    wtmp.unlink()
    wtmp.touch()
    watch, first = begin(wtmp, cursor)
    watch.send_piece()
    watch, second = begin(wtmp, first.cursor)
    drain(watch, second)
    assert first.numbers + second.numbers == list(range(600, 900))


def test_several_rotations_while_away_are_read_in_their_order(wtmp: Path) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    append(wtmp, 2)
    oldest = wtmp.with_name("wtmp.3.gz")
    oldest.write_bytes(gzip.compress(wtmp.read_bytes()))
    wtmp.unlink()
    for number, days_ago in ((3, 2), (4, 1)):
        append(wtmp.with_name(f"wtmp.{5 - number}"), number)
        dated(wtmp.with_name(f"wtmp.{5 - number}"), days_ago)
    dated(oldest, 3)
    append(wtmp, 5)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [2, 3, 4, 5]


def test_a_copy_that_is_being_compressed_is_read_once(wtmp: Path) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    append(wtmp, 2)
    wtmp.rename(wtmp.with_name("wtmp.1"))
    wtmp.with_name("wtmp.1.gz").write_bytes(b"\x1f\x8b half of it")
    append(wtmp, 3)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [2, 3]


def test_a_broken_copy_ends_where_it_breaks(wtmp: Path) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    append(wtmp, 2)
    wtmp.with_name("wtmp.1.gz").write_bytes(gzip.compress(wtmp.read_bytes())[:-12])
    wtmp.unlink()
    append(wtmp, 3)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers[-1] == 3


@pytest.mark.parametrize("ending", ["gz", "xz", "bz2"])
def test_what_is_no_compressed_file_is_passed_over(wtmp: Path, ending: str) -> None:
    append(wtmp, 1)
    cursor = read_all(wtmp)
    wtmp.with_name(f"wtmp.1.{ending}").write_bytes(b"nothing of the kind")
    wtmp.unlink()
    append(wtmp, 2)
    watch, listener = begin(wtmp, cursor)
    drain(watch, listener)
    assert listener.numbers == [2]
    assert listener.flags("replaced") == [True]


def test_programs_may_write_to_the_old_file_until_they_are_told(wtmp: Path) -> None:
    append(wtmp, 1)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    old = wtmp.with_name("wtmp.1")
    wtmp.rename(old)
    wtmp.touch()
    drain(watch, listener)
    append(old, 2)
    drain(watch, listener)
    append(wtmp, 3)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3]


def test_history_is_read_from_the_copy_too_where_the_file_is_young(wtmp: Path) -> None:
    append(wtmp.with_name("wtmp.1"), 1, 2)
    dated(wtmp.with_name("wtmp.1"), 10)
    append(wtmp, 3)
    watch, listener = begin(wtmp)
    append(wtmp, 4)
    drain(watch, listener)
    assert listener.numbers == [1, 2, 3, 4]
    assert listener.flags("first_contact") == [True, True, False]


def test_history_of_more_than_thirty_days_ago_is_left_where_it_is(wtmp: Path) -> None:
    append(wtmp.with_name("wtmp.1"), 1, 2)
    dated(wtmp.with_name("wtmp.1"), 31)
    append(wtmp, 3)
    watch, listener = begin(wtmp)
    drain(watch, listener)
    assert listener.numbers == [3]


def test_no_more_history_is_read_than_was_asked_for(wtmp: Path) -> None:
    append(wtmp.with_name("wtmp.2"), *range(100))
    dated(wtmp.with_name("wtmp.2"), 2)
    append(wtmp.with_name("wtmp.1"), *range(100, 200))
    dated(wtmp.with_name("wtmp.1"), 1)
    append(wtmp, 200)
    watch, listener = begin(wtmp, history_bytes=50 * SIZE)
    drain(watch, listener)
    assert listener.numbers == list(range(150, 201))


@pytest.mark.parametrize("name", ["wtmpdb", "wtmp.log", "wtmp1", "wtmp.1.tar", "wtmp.", "wtmp-", "lastwtmp.1"])
def test_only_what_is_named_as_a_copy_is_looked_into(wtmp: Path, name: str) -> None:
    wtmp.with_name(name).write_bytes(record(1))
    assert copy_names(os.fsencode(wtmp)) == []


def test_numbers_count_backwards_and_dates_forwards_where_times_are_equal(tmp_path: Path) -> None:
    for name in ("log.1", "log.2", "log.10", "other-20261101", "other-20261108"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1, 1))
    ordered = [Path(os.fsdecode(path)).name for path in copy_names(os.fsencode(tmp_path / "log"))]
    assert ordered == ["log.1", "log.2", "log.10"]
    assert copy_names(os.fsencode(tmp_path / "other"))[0].endswith(b"20261108")
