from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the computer is: one that has other work makes no test fail.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on real machines mostly wait: one process begins with them while others compute, and then helps along."""
    items.sort(key=lambda item: item.get_closest_marker("rig") is None)
