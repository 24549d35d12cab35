"""Whether the bytes of a file of records are any."""

from __future__ import annotations

import random

import pytest

from whotop.demo.records import BOOT_TIME, USER_PROCESS, utmp_record
from whotop.parse.utmp_layout import is_corrupt

NOON_US = 1_763_726_400_000_000
LOGIN = utmp_record(USER_PROCESS, 500, "pts/0", b"lane", "10.0.0.7", NOON_US)
BOOT = utmp_record(BOOT_TIME, 0, "~", b"reboot", "6.12", NOON_US)
NONSENSE = random.Random(7).randbytes(384 * 40)


@pytest.mark.parametrize(
    "data",
    [b"", LOGIN, BOOT + LOGIN * 50, bytes(384 * 10), LOGIN + bytes(384 * 9), LOGIN * 3 + NONSENSE[:384], LOGIN[:100]],
    ids=["none", "one", "many", "only zeros", "erased ones", "one torn among good ones", "part of one"],
)
def test_records_are_no_nonsense(data: bytes) -> None:
    assert not is_corrupt(data)


@pytest.mark.parametrize(
    "data", [NONSENSE, LOGIN + NONSENSE, b"Nov 21 12:00:00 web-01 sshd: hello\n" * 40, b"\xff" * 384]
)
def test_what_makes_no_sense_in_any_layout_is_corrupt(data: bytes) -> None:
    assert is_corrupt(data)
