from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.core.networks import Networks, address_of, is_outside, network_of


@pytest.mark.parametrize(
    "source",
    ["203.0.113.9", "8.8.8.8", "::ffff:8.8.8.8", "2001:db8::7", "c-73-1-2-3.hsd1.example.net", "8.8.8.8 via mosh [12]"],
)
def test_what_comes_from_the_internet_is_outside(source: str) -> None:
    assert is_outside(source)


@pytest.mark.parametrize(
    "source",
    [
        *("", "10.0.0.7", "172.31.9.9", "192.168.1.1", "127.0.0.1", "100.64.3.2", "::1", "fd00::1", "fe80::1%eth0"),
        *(":0", ":pts/1:S.0", "tmux(1204).%0", "web-01", "printer.local", "10.0.0.7 via mosh [12]", "0.0.0.0"),
    ],
)
def test_private_addresses_consoles_and_bare_names_are_inside(source: str) -> None:
    assert not is_outside(source)


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("Web-01", "web-01"),
        (":0", ""),
        ("tmux(1204).%0", ""),
        ("", ""),
    ],
)
def test_the_network_of_a_source(source: str, network: str) -> None:
    assert network_of(source) == network


@given(st.ip_addresses().map(str) | st.from_regex(r"[0-9.:a-f]{0,20}") | st.text(max_size=20))
def test_an_address_is_what_python_takes_for_one(source: str) -> None:
    text = source.partition(" ")[0].partition("%")[0]
    try:
        address = ip_address(text)
    except ValueError:
        assert address_of(source) is None
    else:
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        assert address_of(source) == (mapped or address)


def test_the_size_of_a_network_can_be_chosen() -> None:
    assert network_of("203.0.113.9", 16) == "203.0.0.0/16"
    assert network_of("2001:db8:1:2::5", 24, 48) == "2001:db8:1::/48"


def test_a_list_of_networks_holds_addresses_and_names() -> None:
    networks = Networks(["10.0.0.0/8", "203.0.113.9", "2001:db8::/32", "*.corp.example", "bad.cafe"])
    assert all(map(networks.hold, ["10.1.2.3", "203.0.113.9", "2001:db8::1", "pc7.Corp.example", "bad.cafe"]))
    assert not any(map(networks.hold, ["11.1.2.3", "203.0.113.8", "corp.example.net", "", "::1"]))


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0/8", "300.1.1.1", "2001:db8::/200", "10.0.0.0/"])
def test_a_network_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no network; write it like"):
        Networks([text])


@given(st.text())
def test_any_text_at_all_may_be_a_source(source: str) -> None:
    network_of(source)
    is_outside(source)
    Networks(["10.0.0.0/8", "*.example"]).hold(source)
