"""What an alert's screen says of who was told."""

from __future__ import annotations

from msgspec.structs import replace

from tests.notify.nouns import message
from whotop.tui.views.told import told


def words(*messages: object) -> list[str]:
    return [text.strip() for text, _role in told(messages)]  # type: ignore[arg-type]


def test_who_was_told_is_named_and_the_others_counted() -> None:
    sent = [replace(message(1, f"{name}@example.org"), due_us=None, sent_us=1) for name in "abc"]
    assert words(*sent) == ["✉ sent to a@example.org and 2 more"]


def test_what_waits_and_what_was_given_up_says_why() -> None:
    waits = replace(message(1), attempts=1, last_error="no answer within 30 s")
    gone = replace(message(2, "x@example.org"), due_us=None, given_up_us=1, last_error="550 no such user")
    assert words(waits, gone) == [
        "✉ waits for ops@example.org (no answer within 30 s)",
        "✉ given up: x@example.org (550 no such user)",
    ]


def test_where_nobody_is_told_nothing_is_said() -> None:
    assert words() == []
