"""Who acknowledges an alert is the account, not what the environment says it is."""

from __future__ import annotations

import os
import pwd

import pytest

from whotop.cli.account import account


@pytest.fixture(autouse=True)
def _without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("LOGNAME", "somebody-else")


def test_it_is_the_name_of_the_account() -> None:
    assert account() == pwd.getpwuid(os.getuid()).pw_name


def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert account() == "3999999999"


def test_under_sudo_it_says_who_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "alice\x1b")
    assert account() == "alice\\x1b as root"
