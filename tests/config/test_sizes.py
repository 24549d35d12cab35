from __future__ import annotations

import pytest

from whotop.config.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("2GiB", 2 * 2**30), ("800 MB", 800_000_000), ("512M", 512 * 2**20), ("1.5g", 1_610_612_736), ("7", 7)],
)
def test_amounts_of_memory_are_read_as_people_write_them(text: str, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize("text", ["", "much", "2 XB", "-1G", "1G2M"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount of memory"):
        parse_size(text)


def test_an_endless_size_is_refused() -> None:
    with pytest.raises(ValueError, match="more memory than there can be"):
        parse_size("9" * 400 + "TB")
