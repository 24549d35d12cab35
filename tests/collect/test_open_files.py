from __future__ import annotations

import resource

import pytest

from whotop.collect.open_files import raise_open_file_limit


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """What the system would answer: soft and hard."""
    now = {"limit": (1024, 4096)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: now["limit"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: now.update(limit=limit))
    return now


def test_the_soft_limit_is_raised_as_far_as_the_fleet_needs(limits: dict[str, tuple[int, int]]) -> None:
    assert raise_open_file_limit(2_000) == ""
    assert limits["limit"] == (2_256, 4096)


def test_a_small_fleet_needs_nothing(limits: dict[str, tuple[int, int]]) -> None:
    assert raise_open_file_limit(100) == ""
    assert limits["limit"] == (1024, 4096)


def test_a_hard_limit_below_the_fleet_is_said_in_one_line(limits: dict[str, tuple[int, int]]) -> None:
    line = raise_open_file_limit(5_000)
    assert line.startswith("only 4,096 files may be open, 5,000 machines need 5,256")
    assert limits["limit"] == (4096, 4096)
