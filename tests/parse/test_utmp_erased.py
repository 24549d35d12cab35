"""Blank records in the midst of others."""

from __future__ import annotations

import pytest

from whotop.demo.records import BOOT_TIME, DEAD_PROCESS, USER_PROCESS, utmp_record
from whotop.parse.utmp_erased import LONGEST_BLANK, ErasedRecords

NOON_US = 1_763_726_400_000_000
BLANK = bytes(384)
LOGIN = utmp_record(USER_PROCESS, 500, "pts/0", b"alice", "10.0.0.7", NOON_US)
LOGOUT = utmp_record(DEAD_PROCESS, 500, "pts/0", b"", "", NOON_US)
BOOT = utmp_record(BOOT_TIME, 0, "~", b"reboot", "6.12", NOON_US)


def count(*pieces: bytes) -> int:
    erased = ErasedRecords()
    return sum(erased.count(piece) for piece in pieces)


def test_records_that_say_something_are_none() -> None:
    assert count(BOOT + LOGIN + LOGOUT, LOGIN) == 0


def test_blank_ones_between_others_were_erased() -> None:
    assert count(LOGIN + BLANK + BLANK + LOGOUT) == 2


@pytest.mark.parametrize("pieces", [(LOGIN, BLANK + LOGOUT), (LOGIN + BLANK, LOGOUT), (LOGIN, BLANK, BLANK, LOGOUT)])
def test_pieces_may_end_anywhere_between_them(pieces: tuple[bytes, ...]) -> None:
    assert count(*pieces) == b"".join(pieces).count(BLANK)


def test_what_a_crash_left_blank_is_followed_by_the_boot() -> None:
    assert count(LOGIN + BLANK + BLANK + BOOT + LOGIN) == 0


def test_blank_ones_at_either_end_are_of_no_meaning_yet() -> None:
    assert count(BLANK + LOGIN) == 0
    assert count(LOGIN + BLANK) == 0


def test_no_record_that_says_something_is_as_blank_as_that() -> None:
    emptiest = utmp_record(DEAD_PROCESS, 0, "", b"", "", NOON_US)
    assert LONGEST_BLANK not in emptiest * 3
