from __future__ import annotations

import pytest

from whotop.config.mail_address import checked_mail_address


@pytest.mark.parametrize(
    "address", ["ops@example.org", "a.b+c@d", "root@localhost", "jörg@bücher.example", "x@[10.0.0.1]", "x@[IPv6:::1]"]
)
def test_what_can_be_an_address_is_one(address: str) -> None:
    assert checked_mail_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ops",
        "@b",
        "a@",
        "a@b@c",
        "a b@c",
        "a@b c",
        "a@b\n",
        "a@b\r\nBcc: c@d",
        "a@-b",
        "<a@b>",
        "a,b@c",
        "a@b\x85c",
    ],
)
def test_what_a_header_or_a_server_could_take_for_more_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"line break|no mail address"):
        checked_mail_address(address)
