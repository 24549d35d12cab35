"""What a system calls itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.os_release import system_name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n', "Debian GNU/Linux 12 (bookworm)"),
        (b"NAME=Alpine\n", "Alpine"),
        (b"ID=x\nPRETTY_NAME='Void Linux'", "Void Linux"),
        (b'PRETTY_NAME="a \\"quoted\\" \\$name"', 'a "quoted" $name'),
        (b'PRETTY_NAME="\x1b[2J"', "\\x1b[2J"),
        (b"PRETTY_NAME=" + b"x" * 100, "x" * 63 + "…"),
        (b"PRETTY_NAME=\n", ""),
        (b"", ""),
    ],
)
def test_it_is_the_pretty_name_or_the_name(data: bytes, name: str) -> None:
    assert system_name(data) == name


@given(data=st.binary(max_size=100))
def test_whatever_the_file_holds_the_name_is_safe_to_show(data: bytes) -> None:
    assert system_name(b"PRETTY_NAME=" + data).isprintable()
