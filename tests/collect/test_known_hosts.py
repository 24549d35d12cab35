from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.collect.known_hosts import KnownHosts, name_of

KEY = "ssh-ed25519 AAAA"


def hashed(name: str, salt: bytes = b"salt") -> str:
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def test_a_port_other_than_22_belongs_to_the_name() -> None:
    assert (name_of("Db-02", 22), name_of("Db-02", 2222)) == ("db-02", "[db-02]:2222")


def test_each_name_of_a_line_is_found_and_says_where_it_stands() -> None:
    known = KnownHosts(f"# first\n\nDb-02,10.0.0.2 {KEY} a comment\n", "file")
    for name in ("db-02", "10.0.0.2"):
        (key,) = known.keys(name)
        assert (key.algorithm, key.data, key.place) == ("ssh-ed25519", "AAAA", "file:3")
    assert known.keys("db-03") == []


@pytest.mark.parametrize(
    ("patterns", "name", "fits"),
    [
        ("*.example.org", "db.example.org", True),
        ("db-??", "db-02", True),
        ("db-*,!db-03", "db-03", False),
        ("[10.0.0.*]:2222", "[10.0.0.7]:2222", True),
        ("[10.0.0.*]:2222", "10.0.0.7", False),
        ("!db-03", "db-04", False),
    ],
)
def test_patterns(patterns: str, name: str, fits: bool) -> None:
    assert bool(KnownHosts(f"{patterns} {KEY}").keys(name)) is fits


def test_a_pattern_longer_than_any_name_trusts_nobody_but_still_revokes() -> None:
    long = "*" * 2_000
    known = KnownHosts(f"{long} {KEY}\n@revoked {long} {KEY}\n", "file")
    assert [key.marker for key in known.keys("db-02")] == ["@revoked"]


def test_markers_are_told_and_unknown_ones_ignored() -> None:
    known = KnownHosts(f"@revoked a {KEY}\n@cert-authority a {KEY}\n@else a {KEY}\n")
    assert [key.marker for key in known.keys("a")] == ["@revoked", "@cert-authority"]
    assert known.marked("a") == known.keys("a")


def test_hashed_names_are_found_in_any_order_and_again() -> None:
    names = [f"host{number}" for number in range(50)]
    known = KnownHosts("".join(f"{hashed(name, name.encode())} ssh-rsa {name}\n" for name in names))
    for name in [*reversed(names), *names]:
        assert [key.data for key in known.keys(name)] == [name]
    assert known.keys("stranger") == []


def test_all_hashed_keys_of_one_name_are_found_when_asked_for() -> None:
    lines = [f"{hashed('a', salt)} ssh-rsa {salt.decode()}\n" for salt in (b"one", b"two", b"three")]
    known = KnownHosts("".join(lines))
    assert len(known.keys("a")) == 1
    assert {key.data for key in known.all_keys("a")} == {"one", "two", "three"}


def test_a_revoked_key_under_a_hashed_name_is_found_at_once() -> None:
    known = KnownHosts(f"{hashed('a')} ssh-rsa GOOD\n@revoked {hashed('a', b'x')} ssh-rsa BAD\n")
    assert {(key.marker, key.data) for key in known.keys("a")} == {("", "GOOD"), ("@revoked", "BAD")}


def test_a_key_that_was_just_recorded_is_known() -> None:
    known = KnownHosts()
    (key,) = KnownHosts(f"a {KEY}").keys("a")
    known.remember("b", key)
    assert known.keys("b") == [key]


@given(st.text(alphabet=st.sampled_from("@|1,*[]!# \n\tabAA==-"), max_size=200), st.sampled_from(["a", "[a]:1", ""]))
def test_no_line_whatever_breaks_it(text: str, name: str) -> None:
    known = KnownHosts(text)
    assert isinstance(known.all_keys(name), list)
