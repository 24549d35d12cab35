"""Silence: when a connection is asked whether anybody is there, and when not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from whotop.collect.chatter import Chatter
from whotop.collect.silence import QUESTIONS, Silence


@dataclass
class Connection:
    """Keeps what it was told about keep-alives."""

    intervals: list[float] = field(default_factory=list)

    def set_keepalive(self, interval: float, count_max: int) -> None:
        assert count_max == QUESTIONS
        self.intervals.append(interval)


@dataclass
class Watched:
    """A connection under watch, whose time passes when it is told to."""

    connection: Connection
    chatter: Chatter
    silence: Silence

    def pass_time(self, *, heard: bool) -> None:
        if heard:
            self.chatter.heard(400, 0)
        self.silence._look()


@pytest.fixture
async def watched() -> Any:
    connection = Connection()
    chatter = Chatter(lambda: None, asyncio.get_running_loop().time)
    watched = Watched(connection, chatter, Silence(cast("Any", connection), chatter, 6.0))
    yield watched
    watched.silence.end()


async def test_who_sends_samples_is_not_asked(watched: Watched) -> None:
    for _ in range(3):
        watched.pass_time(heard=True)
    assert watched.connection.intervals == []


async def test_who_falls_silent_is_asked_soon_and_often_until_the_connection_counts_as_dead(watched: Watched) -> None:
    watched.pass_time(heard=True)
    watched.pass_time(heard=False)
    watched.pass_time(heard=False)
    assert watched.connection.intervals == [2.0]


async def test_who_speaks_again_is_left_alone(watched: Watched) -> None:
    watched.pass_time(heard=False)
    watched.pass_time(heard=True)
    assert watched.connection.intervals == [2.0, 0]
