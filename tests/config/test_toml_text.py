from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from whotop.config.toml_text import toml_table, toml_value

texts = st.text(st.characters(blacklist_categories=["Cs"]))
values = texts | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@given(value=values | st.lists(texts, max_size=5))
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    assert tomllib.loads(f"x = {toml_value(value)}") == {"x": value}


def test_a_table_leaves_out_what_has_no_value() -> None:
    assert toml_table("[[a]]", [("b", "x"), ("c", ""), ("d", None), ("e", 0.0)]) == '[[a]]\nb = "x"\ne = 0.0\n'
