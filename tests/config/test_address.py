from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.config.address import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("web-01", Address("", "web-01", 0)),
        ("ops@web-01", Address("ops", "web-01", 0)),
        ("ops@10.0.0.9:2222", Address("ops", "10.0.0.9", 2222)),
        ("[::1]:22", Address("", "::1", 22)),
        ("[::1]", Address("", "::1", 0)),
        ("ops@fe80::1%eth0", Address("ops", "fe80::1%eth0", 0)),
        ("CORP\\lane@web", Address("CORP\\lane", "web", 0)),
        ("lane@corp@web", Address("lane@corp", "web", 0)),
        ("machine.größe.example", Address("", "machine.größe.example", 0)),
    ],
)
def test_an_address_is_user_host_and_port(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@web",
        "web:",
        "web:0",
        "web:65536",
        "web:ssh",
        "web:٢٢",
        "a:b:c",
        "[web]:22",
        "[::1]22",
        "-oProxyCommand=x",
        "-l@web",
        "web;reboot",
        "$(id)",
        "we b",
        "web\n",
        "web\x1b[2J",
        "a" * 300,
    ],
)
def test_what_could_be_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no port|cannot be|no address"):
        parse_address(text)


@given(st.text(max_size=60))
def test_a_host_never_holds_what_a_shell_or_an_option_parser_acts_on(text: str) -> None:
    try:
        address = parse_address(text)
    except ValueError:
        return
    assert not address.host.startswith("-")
    assert not set(address.host) & set(" \t\n;|&$`<>()'\"\\*?{}[]\x1b")
