from __future__ import annotations

import getpass
import os

import pytest

from tests.collect.home import Home
from whotop.collect.own_user import name_own_user, own_user
from whotop.collect.route import route_to
from whotop.collect.ssh_config import SshConfig
from whotop.errors import UnreachableError
from whotop.model import Target


@pytest.fixture
def nameless(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container in which nobody gave our number a name."""

    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.setattr(getpass, "getuser", unknown)
    monkeypatch.setattr("os.getuid", lambda: 4242)


def test_an_account_without_a_name_is_known_by_its_number(nameless: None) -> None:
    assert own_user() == "4242"


def test_it_is_then_called_by_its_number(nameless: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "")
    name_own_user()
    assert os.environ["LOGNAME"] == "4242"


def test_without_a_name_of_ones_own_a_machine_needs_a_user(nameless: None, home: Home) -> None:
    config = SshConfig([home.ssh / "config"])
    with pytest.raises(UnreachableError, match=r"no name for user 4242 \(write user@machine\)"):
        route_to(Target(name="db-02"), config)
    assert route_to(Target(name="db-02", user="ops"), config).user == "ops"
