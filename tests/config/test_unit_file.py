"""The sample unit is one that systemd takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "sample_configs" / "whotop.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    """But for the program and the account, which this computer need not have."""
    text = UNIT.read_text("utf-8").replace("/usr/bin/whotop", "/bin/true")
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"(?m)^(User|Group)=.*", r"\1=root", text), "utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
