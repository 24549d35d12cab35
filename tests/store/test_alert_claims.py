"""An alert over several machines has one judge."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.notify.nouns import alert
from tests.store.test_claims import another_process
from whotop.clock import HOUR_US
from whotop.store.alert_claims import AlertClaims
from whotop.store.claims import Claims

OF_ONE = alert()
OF_ALL = replace(alert(), machine="", key=b"over the fleet")
NAME = f"alert {OF_ALL.key.hex()}"


def claims(tmp_path: Path) -> AlertClaims:
    return AlertClaims(Claims(tmp_path / "lock"))


def test_an_alert_that_another_process_judges_is_left_to_it(tmp_path: Path) -> None:
    with another_process(tmp_path / "lock", NAME):
        assert claims(tmp_path).mine([OF_ONE, OF_ALL], 0) == [OF_ONE]


def test_one_that_nobody_judges_any_longer_is_taken_up(tmp_path: Path) -> None:
    assert claims(tmp_path).mine([OF_ALL], 0) == [OF_ALL]


def test_who_writes_an_alert_judges_it(tmp_path: Path) -> None:
    claims(tmp_path).take([OF_ONE, OF_ALL], 0)
    with another_process(tmp_path / "lock", NAME) as (_, theirs):
        assert theirs == []


def test_one_that_resolved_long_ago_is_history_for_all(tmp_path: Path) -> None:
    over = replace(OF_ALL, resolved_us=1)
    with another_process(tmp_path / "lock", NAME):
        assert claims(tmp_path).mine([over], 2 * HOUR_US) == [over]


def test_one_that_resolved_is_free_after_a_while(tmp_path: Path) -> None:
    mine = claims(tmp_path)
    mine.take([replace(OF_ALL, resolved_us=1)], 0)
    mine.take([], HOUR_US + 1)
    with another_process(tmp_path / "lock", NAME) as (_, theirs):
        assert theirs == NAME.split()
