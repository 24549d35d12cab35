from __future__ import annotations

import pytest

from whotop.web.host_names import host_name
from whotop.web.settings import is_loopback


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Example.org", "example.org"),
        ("example.org.:80", "example.org"),
        ("[::1]:8421", "::1"),
        ("[::1", "::1"),
        ("127.0.0.1:1:2", "127.0.0.1"),
        ("", ""),
    ],
)
def test_a_name_is_read_out_of_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("host", "answer"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("10.0.0.1", False)],
)
def test_loopback_is_what_no_other_computer_reaches(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer
