"""Where a login came from, in words."""

from __future__ import annotations

import pytest

from whotop.tui.views.where_from import where_from


@pytest.mark.parametrize(
    ("source", "tty", "words"),
    [
        ("10.0.0.1", "pts/3", "10.0.0.1"),
        ("", "tty1", "console"),
        ("", "ttyS0", "console"),
        ("", "hvc0", "console"),
        ("", ":0", "console"),
        ("", "Console", "console"),
        ("", "pts/3", "no address"),
        ("", "ssh:notty", "no address"),
        ("", "", "no address"),
    ],
)
def test_only_a_console_is_called_one(source: str, tty: str, words: str) -> None:
    assert where_from(source, tty)[0] == words
