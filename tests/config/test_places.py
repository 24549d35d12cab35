from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.load import load_settings
from whotop.config.places import at_home


def test_a_tilde_is_ones_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    assert at_home("~/keys/all") == Path("/home/anna/keys/all")


def test_the_home_of_a_user_who_is_not_there_is_a_name_like_any_other(tmp_path: Path) -> None:
    assert at_home("~nobody-at-all/x") == Path("~nobody-at-all/x")
    file = tmp_path / "config.toml"
    file.write_text('log_file = "~nobody-at-all/log"\n')
    assert load_settings(file).log_file == str(tmp_path / "~nobody-at-all/log")
