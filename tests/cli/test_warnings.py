from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from whotop.cli import watch as watch_file


def key_that_others_read(folder: Path) -> Path:
    key = folder / "key"
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    key.chmod(0o644)
    return key


def test_a_secret_that_others_can_read_is_one_line_before_the_screen(
    whotop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_file, "run_screen", lambda *_: 0)
    monkeypatch.setattr(watch_file, "on_terminal", lambda: True)
    key = key_that_others_read(tmp_path)
    config = tmp_path / "c.toml"
    config.write_text(f'machines = ["web-[1-9]"]\n[defaults]\nidentity_files = ["{key}"]\n')
    assert whotop("-c", config) == (0, "", f"whotop: others can read the secret in {key} (chmod go= it)\n")


def test_check_says_so_too_and_goes_on(whotop: Run, tmp_path: Path) -> None:
    key = key_that_others_read(tmp_path)
    config = tmp_path / "c.toml"
    config.write_text(f'machines = ["127.0.0.1:1"]\n[defaults]\nidentity_files = ["{key}"]\n')
    code, _, complaint = whotop("check", "-c", config)
    assert code == 3
    assert f"whotop: others can read the secret in {key}" in complaint
