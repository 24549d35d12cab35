from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.web.world import World, world


@pytest.fixture
async def small() -> AsyncIterator[World]:
    """The API over the small fleet."""
    async with world() as made:
        yield made


@pytest.fixture
async def client(small: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on this computer who asks it."""
    async with small.client() as asking:
        yield asking
