from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.probe.linux.varlink import NoAnswer, objects_in

_ENTRIES = st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=8) | st.integers() | st.none(), max_size=4))


def answer(entries: list[dict[str, Any]]) -> str:
    return json.dumps({"parameters": {"Success": True, "Data": entries}})


@given(_ENTRIES, st.lists(st.integers(0, 400)))
def test_the_objects_are_those_of_the_list_however_the_answer_is_cut(
    entries: list[dict[str, Any]], cuts: list[int]
) -> None:
    text = answer(entries)
    places = [0, *sorted(place for place in cuts if place < len(text)), len(text)]
    pieces = [text[start:stop] for start, stop in pairwise(places)]
    assert list(objects_in(iter(pieces))) == entries


@given(st.text())
def test_any_text_gives_objects_or_no_answer(text: str) -> None:
    try:
        found = list(objects_in(iter([text])))
    except (NoAnswer, ValueError, RecursionError):
        return
    assert all(isinstance(one, dict) for one in found)


@pytest.mark.parametrize("text", ['{"parameters":{"Success":true,"Data":null}}', '{"parameters":{"Data":[]}}'])
def test_an_empty_table_has_no_objects(text: str) -> None:
    assert list(objects_in(iter([text]))) == []


@pytest.mark.parametrize(
    "text", ['{"error":"x"}', '{"parameters":{"Data":[{"a":1}', '{"parameters":{"Data":[1]}}', "x", '"x"']
)
def test_what_is_no_list_of_objects_is_no_answer(text: str) -> None:
    with pytest.raises((NoAnswer, ValueError)):
        list(objects_in(iter([text])))
