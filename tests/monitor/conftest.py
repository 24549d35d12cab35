from __future__ import annotations

import pytest

from tests.monitor.machine_talk import Talk
from tests.monitor.trial import Trial


@pytest.fixture
async def trial() -> Trial:
    return Trial()


@pytest.fixture
def talk() -> Talk:
    return Talk()
