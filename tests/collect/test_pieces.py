from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.collect.pieces import TOGETHER, Pieces

UNDERWAY = 4
"""As many as a probe sends before it waits."""


def test_one_alone_waits_for_the_next() -> None:
    pieces = Pieces(TOGETHER)
    pieces.came("wtmp", 384)
    assert not pieces.is_to_tell("wtmp", 384)
    pieces.came("wtmp", 768)
    assert pieces.is_to_tell("wtmp", 768)
    assert not pieces.is_to_tell("wtmp", 768)


def test_those_of_another_origin_do_not_count() -> None:
    pieces = Pieces(TOGETHER)
    pieces.came("btmp", 384)
    pieces.came("wtmp", 384)
    assert not pieces.is_to_tell("wtmp", 384)


def test_of_two_that_end_at_one_offset_the_later_is_meant() -> None:
    pieces = Pieces(TOGETHER)
    for end in (768, 0, 384, 768):
        pieces.came("wtmp", end)
    assert pieces.is_to_tell("wtmp", 768)
    pieces.came("wtmp", 1152)
    assert not pieces.is_to_tell("wtmp", 1152)


@given(st.lists(st.sampled_from(["send", "store the first", "store all"]), max_size=60))
def test_a_probe_whose_pieces_are_all_stored_may_send_more(steps: list[str]) -> None:
    pieces, underway, unstored = Pieces(TOGETHER), list[int](), list[int]()
    sent = 0

    def store(count: int) -> None:
        last = unstored[count - 1]
        del unstored[:count]
        if pieces.is_to_tell("wtmp", last):
            del underway[: underway.index(last) + 1]

    for step in steps:
        if step == "send" and len(underway) < UNDERWAY:
            sent += 1
            pieces.came("wtmp", sent)
            underway.append(sent)
            unstored.append(sent)
        elif step != "send" and unstored:
            store(1 if step == "store the first" else len(unstored))
    if unstored:
        store(len(unstored))
    assert len(underway) < UNDERWAY
