from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from whotop.tui.folding import folded

FACTS = [(" up ", "dim"), ("41d", "normal"), ("   ", "normal"), ("/ ", "dim"), ("50%", "normal")]


def texts(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_what_fits_stays_one_line_as_it_is() -> None:
    assert folded(FACTS, 16, 3) == [FACTS]


def test_a_line_ends_between_things_and_not_inside_of_one() -> None:
    assert texts(folded(FACTS, 12, 3)) == [" up 41d", " / 50%"]


def test_one_thing_that_is_longer_than_a_line_ends_between_words() -> None:
    reason = [(" unreachable: its host key is unknown", "down")]
    assert texts(folded(reason, 20, 3)) == [" unreachable: its", " host key is unknown"]


def test_a_word_that_is_longer_than_a_line_is_broken() -> None:
    assert texts(folded([("SHA256:YaD1M6bM", "normal")], 7, 9)) == ["SHA256", " :YaD1M", " 6bM"]


def test_each_piece_keeps_its_role() -> None:
    assert folded([("one ", "up"), ("two", "down")], 5, 2) == [[("one", "up")], [(" ", "normal"), ("two", "down")]]


def test_what_is_left_over_ends_in_dots() -> None:
    assert texts(folded([("one two three four", "normal")], 6, 2)) == ["one", " two …"]


spans = st.lists(st.tuples(st.text("ab  山\x1b", max_size=12), st.sampled_from(["up", "down"])), max_size=6)


@given(spans, st.integers(3, 20), st.integers(1, 4))
def test_no_line_is_too_long_and_there_are_not_too_many(
    spans: list[tuple[str, str]], width: int, most_lines: int
) -> None:
    lines = texts(folded(spans, width, most_lines))
    assert 1 <= len(lines) <= most_lines
    assert all(cell_len(line) <= width and line.isprintable() for line in lines)


@given(spans, st.integers(3, 20))
def test_nothing_but_blanks_is_lost_where_there_are_lines_enough(spans: list[tuple[str, str]], width: int) -> None:
    shown = "".join(texts(folded(spans, width, 99))).replace(" ", "")
    assert shown == "".join(text for text, _ in spans).replace(" ", "").replace("\x1b", "�")
