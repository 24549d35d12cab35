from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on real machines mostly wait: one process begins with them while others compute, and then helps along."""
    items.sort(key=lambda item: item.get_closest_marker("rig") is None)
