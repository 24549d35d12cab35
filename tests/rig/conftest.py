from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.machine import Rig, missing, running_rig


@pytest.fixture(scope="session")
def _rig_is_possible() -> None:
    """Skip where real machines cannot be made; where they must be (CI), fail."""
    reason = missing()
    if reason and os.environ.get("WHOTOP_RIG") == "required":
        pytest.fail(f"WHOTOP_RIG=required, but {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture
def rig(_rig_is_possible: None) -> Iterator[Rig]:
    """Real OpenSSH machines: ``rig.machine(name)``."""
    # Not tmp_path: its folders are closed to the accounts that log in.
    with tempfile.TemporaryDirectory(prefix="whotop-rig-") as folder:
        Path(folder).chmod(0o755)
        with running_rig(Path(folder)) as rig:
            yield rig
