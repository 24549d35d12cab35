"""Texts as received: safe to show, and kept as they were where that changed them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.received import LIMIT_BYTES, raw_text, received, received_field


def test_a_harmless_text_is_only_itself() -> None:
    assert received(b"anna") == ("anna", None)
    assert received("müller".encode()) == ("müller", None)


def test_a_text_that_had_to_be_changed_is_kept_as_it_was() -> None:
    assert received(b"a\x1b[2J") == ("a\\x1b[2J", "a\x1b[2J")
    assert received(b"\xff") == ("\\xff", "\xff")


def test_two_names_that_look_alike_stay_two() -> None:
    assert received("anna\u200b".encode()) != received(b"anna\\u200b")


def test_a_text_without_end_is_cut() -> None:
    shown, raw = received(b"x" * 100_000)
    assert len(shown) == 256
    assert raw == "x" * LIMIT_BYTES


def test_a_field_ends_at_its_first_nul() -> None:
    assert received_field(b"anna\0\0junk") == ("anna", None)


def test_nothing_is_kept_of_texts_that_show_as_they_are() -> None:
    assert raw_text(None, None, None) is None
    assert raw_text("x", None, None) is not None


@given(data=st.binary(max_size=300))
def test_what_was_received_can_always_be_had_again(data: bytes) -> None:
    shown, raw = received(data)
    assert shown.isprintable()
    assert (shown.encode() if raw is None else raw.encode("latin-1")) == data
