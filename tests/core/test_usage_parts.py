"""Logins gathered by machine, tag, user or source."""

from __future__ import annotations

from datetime import date

import pytest

from whotop.core.usage import Part
from whotop.core.usage_parts import GatheredDays
from whotop.core.usage_where import LoginRow

DAY = date(2024, 1, 7)
ANN = LoginRow("web-01", "ann", "10.0.0.1", ("prod", "web"))
BOB = LoginRow("db-01", "bob", "", ())


@pytest.mark.parametrize(
    ("by", "counts"),
    [
        (Part.MACHINE, {"db-01": 1, "web-01": 1}),
        (Part.TAG, {"prod": 1, "untagged": 1, "web": 1}),
        (Part.USER, {"ann": 1, "bob": 1}),
        (Part.SOURCE, {"10.0.0.1": 1, "console": 1}),
        (None, {}),
    ],
)
def test_each_login_is_of_one_part_and_of_every_tag(by: Part | None, counts: dict[str, int]) -> None:
    gathered = GatheredDays(by)
    gathered.add(DAY, ANN, 3)
    gathered.add(DAY, BOB)
    assert {name: day.users.bit_count() for name, (day,) in gathered.parts().items()} == counts
    assert [(day.users, day.logins) for day in gathered.days()] == [(0b11, 4)]
