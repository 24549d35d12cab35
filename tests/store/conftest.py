"""A store in a temporary file, a clock that stands still, and nouns to put in."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from whotop.clock import ManualClock
from whotop.store.store import Store, open_store

NOON_US = 1_763_726_400_000_000  # 2025-11-21T12:00:00Z


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_US)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "whotop.db"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has been made once: to copy it is ten times as fast."""

    async def make() -> Path:
        path = tmp_path_factory.mktemp("empty") / "whotop.db"
        await (await open_store(path, clock=ManualClock(NOON_US))).close()
        return path

    return asyncio.run(make())


@pytest.fixture
async def opened(place: Path, empty_store: Path, clock: ManualClock) -> AsyncIterator[Callable[[], Awaitable[Store]]]:
    """Opens the store, as often as it is called: each a whotop of its own."""
    place.parent.mkdir()
    shutil.copy(empty_store, place)
    stores: list[Store] = []

    async def open_one() -> Store:
        stores.append(await open_store(place, clock=clock))
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opened: Callable[[], Awaitable[Store]]) -> Store:
    return await opened()
