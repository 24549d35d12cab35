"""The filter language, as docs/filter.md tells it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.core.query import Query, QueryError, parse_query
from whotop.core.query_values import number

Value = str | float | Sequence[str] | None


class DictRow:
    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def value(self, field: str) -> Value:
        return self._values.get(field)

    def visible(self) -> Iterable[str]:
        return [value if isinstance(value, str) else str(value) for value in self._values.values()]


WEB = DictRow(
    {
        "machine": "web-01",
        "user": "root",
        "from": "10.0.3.7",
        "tty": "",
        "on": 3,
        "cpu": 79.6,
        "mem": 50.0,
        "disk": 3 * 1024.0**3,
        "idle": 5_400.0,
        "state": "stale",
        "tag": ("prod", "web"),
    }
)
FIELDS = tuple(WEB._values)


def passes(text: str, row: DictRow = WEB) -> bool:
    return parse_query(text, FIELDS).matches(row)


def error_of(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse_query(text, FIELDS)
    return caught.value


def test_nothing_matches_everything() -> None:
    query = parse_query("  ", FIELDS)
    assert query.is_empty
    assert query.matches(WEB)


@pytest.mark.parametrize("text", ["web", "WEB-0", "10.0.3", "oot", "web stale", "web*", "*3.7"])
def test_a_bare_word_is_found_in_any_visible_column(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize("text", ["db", "web db", "eb*", "webroot", "01 root db"])
def test_a_bare_word_that_no_column_shows_is_not_found(text: str) -> None:
    assert not passes(text)


@pytest.mark.parametrize("text", ["user:root", "USER:ROOT", "machine:web*", "machine:w?b-0?", "from:10.*", "user=root"])
def test_a_column_is_compared_whole_with_wildcards_and_without_regard_to_case(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize("text", ["user:roo", "machine:web", "machine:web-0?1", 'machine:"web*"', "user:[r]oot"])
def test_a_column_that_only_partly_matches_does_not_pass(text: str) -> None:
    assert not passes(text)


@pytest.mark.parametrize("text", ["user:alice,root", "machine:db*,web*", "from:192.168.0.0/16,10.0.0.0/8", "on:1,3"])
def test_a_comma_list_passes_if_one_of_it_does(text: str) -> None:
    assert passes(text)


def test_a_column_of_several_texts_passes_if_one_of_them_does() -> None:
    assert passes("tag:prod")
    assert passes("tag:w*")
    assert not passes("tag:prodweb")


@pytest.mark.parametrize(
    ("text", "address", "inside"),
    [
        ("from:10.0.0.0/8", "10.255.0.1", True),
        ("from:10.0.0.0/8", "11.0.0.1", False),
        ("from:10.0.3.7/8", "10.1.1.1", True),
        ("from:10.0.0.0/8", "::ffff:10.0.0.1", True),
        ("from:10.0.0.0/8", "bastion", False),
        ("from:10.0.0.0/8", "2001:db8::1", False),
        ("from:2001:db8::/32", "2001:db8:0:1::7", True),
        ("from:fe80::/10", "fe80::1%eth0", True),
        ("from:2001:db8::1", "2001:0db8:0:0:0:0:0:1", True),
        ("from:::1", "::1", True),
    ],
)
def test_networks_and_addresses_are_compared_as_such(text: str, address: str, inside: bool) -> None:
    assert passes(text, DictRow({"from": address})) is inside


@pytest.mark.parametrize(
    "text",
    [
        "on>2",
        "on>=3",
        "on<4",
        "on<=3",
        "on:3",
        "on=3",
        "on!=4",
        "cpu>79.5",
        "cpu:80",
        "CPU>5",
        "mem<=50%",
        "idle>1h",
        "idle<1h31m",
        "idle=90m",
        "idle>=1.5h",
        "disk>2G",
        "disk=3GiB",
        "disk<1T",
    ],
)
def test_numbers_are_compared_with_units(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize("text", ["on>3", "cpu<79%", "idle>2h", "mem>50%", "on!=3", "machine>3", "tty>0", "tag>0"])
def test_comparisons_that_do_not_hold_do_not_pass(text: str) -> None:
    assert not passes(text)


def test_a_number_that_is_not_known_is_neither_above_nor_below() -> None:
    unknown = DictRow({"cpu": None})
    assert not passes("cpu>0", unknown)
    assert not passes("cpu<=100", unknown)


def test_none_finds_rows_without() -> None:
    assert passes("tty:none")
    assert passes("cpu:none", DictRow({"cpu": None}))
    assert not passes("user:none")
    assert not passes("on:none", DictRow({"on": 0}))
    assert passes('user:"none"', DictRow({"user": "none"}))
    assert passes("from:none", DictRow({"from": ["10.0.0.7", ""]}))
    assert passes("tag:none", DictRow({"tag": ()}))
    assert not passes("tag:none")


@pytest.mark.parametrize(
    "text",
    [
        "!user:alice",
        "not user:alice",
        "! db",
        "!(db or user:alice)",
        "not not web",
        "!!web",
        "!from:192.*",
        "!web or root",
    ],
)
def test_what_is_not_wanted_is_taken_out(text: str) -> None:
    assert passes(text)


def test_or_binds_looser_than_and() -> None:
    assert passes("root or web nothing")
    assert passes("nothing web OR root")
    assert not passes("(root or web) nothing")
    assert passes("db AND web or user:root AND on>2")


def test_quoted_text_is_literal() -> None:
    row = DictRow({"user": 'a (b) or "c"*, d'})
    assert passes('user:"a (b) or ""c""*, d"', row)
    assert passes('"(b) or"', row)
    assert passes('user:a*"*, d"', row)
    assert passes('"or"', row)
    assert not passes('"user:a"', row)


def test_a_word_with_a_colon_that_is_no_column_name_is_text() -> None:
    assert passes("2001:db8", DictRow({"from": "2001:db8::1"}))
    assert passes("14:22", DictRow({"since": "14:22:07"}))


def test_an_unknown_column_is_named_with_its_nearest() -> None:
    error = error_of("web usr:root")
    assert error.what == "no column usr here: did you mean user?"
    assert error.position == 4
    assert "there are cpu, disk, from" in error_of("xyz:1").what


@pytest.mark.parametrize(
    ("text", "what", "position"),
    [
        ("user:", "user: needs a value", 0),
        ("cpu>", "cpu> needs a number", 0),
        ("cpu>high", "cpu> needs a number", 4),
        ("idle>1h30", "idle> needs a number", 5),
        ("user:a,,b", "a comma needs a value on each side", 7),
        ("from:10.0.0.0/40", "10.0.0.0/40 is no network", 5),
        ('user:"root', 'this " is not closed', 5),
        ("web (a or b", "this ( is not closed", 4),
        ("web)", "this ) closes nothing", 3),
        ("web or", "something must follow or", 4),
        ("or web", "something must stand before or", 0),
        ("web and or db", "something must stand before or", 8),
        ("()", "something must stand in front of )", 1),
        ("!", "something must follow !", 0),
        ("web not", "something must follow not", 4),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, what: str, position: int) -> None:
    error = error_of(text)
    assert error.what.startswith(what)
    assert error.position == position
    assert str(error) == f"filter, character {position + 1}: {error.what}"


def test_length_and_depth_are_bounded() -> None:
    assert passes("(" * 50 + "web" + ")" * 50)
    assert "at most 1000 characters" in error_of("a" * 1_001).what
    assert "inside each other" in error_of("(" * 51 + "web" + ")" * 51).what
    assert "inside each other" in error_of("!" * 900 + "web").what


def test_a_pattern_of_many_wildcards_is_still_answered() -> None:
    assert not passes("user:" + "*a" * 200 + "b", DictRow({"user": "a" * 256}))


def test_what_is_typed_decomposed_is_found() -> None:
    assert passes("e\u0301ric", DictRow({"user": "éric"}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-3", -3),
        ("2.5", 2.5),
        ("50%", 50),
        ("1w", 604_800),
        ("1d12h", 129_600),
        ("1K", 1024),
        ("1.5MB", 1_572_864),
    ],
)
def test_units_have_their_meaning(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "h", "1h30", "5x", "1h%", "--1", "1,5", "1.h", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert number(text) is None


@given(st.text(max_size=60) | st.text('ab*?:<>=!()," 19.%hG/', max_size=40))
def test_any_text_is_a_filter_or_one_clear_error(text: str) -> None:
    try:
        query = parse_query(text, FIELDS)
    except QueryError:
        return
    assert isinstance(query, Query)
    assert query.matches(WEB) in {True, False}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_name_is_found_by_its_quoted_self(name: str) -> None:
    quoted = name.replace('"', '""')
    row = DictRow({"user": name})
    query = parse_query(f'user:"{quoted}"', FIELDS)
    assert query.matches(row) or unicodedata.normalize("NFC", name) != name


@pytest.mark.parametrize(
    ("filter_text", "plain"), [("on:>2", "on>2"), ("on:<=2", "on<=2"), ("idle:>=1h", "idle>=1h"), ("on:<3", "on<3")]
)
def test_a_colon_may_stand_before_a_comparison(filter_text: str, plain: str) -> None:
    rows = [DictRow({"on": number, "idle": 1800.0 * number}) for number in range(6)]
    written, meant = parse_query(filter_text, ["on", "idle"]), parse_query(plain, ["on", "idle"])
    assert [written.matches(row) for row in rows] == [meant.matches(row) for row in rows]
