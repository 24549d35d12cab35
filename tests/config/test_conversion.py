"""The older collector's configuration made into whotop's own."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from whotop.config.conversion import converted
from whotop.config.email_json import Account, smtp_of
from whotop.config.load import load_settings
from whotop.config.machines import configured_machines
from whotop.config.toml_text import toml_value
from whotop.config.xml_clients import Client
from whotop.config.xml_settings import machine_of, rules_of
from whotop.errors import ConfigError

CLIENTS = [
    Client(2, "10.0.0.1", 22, "ops", "it's $HOME", "a@example.org", {"memory": 50.0, "cpu": 20.0}),
    Client(6, "10.0.0.1", 2222, "ops", "two", limits={"cpu": 20.0}),
    Client(8, "10.0.0.1_2222", password="three"),
    Client(9, "web-01"),
]
ACCOUNT = Account("alerts@example.org", "mail secret")


def test_it_says_what_the_xml_said(tmp_path: Path) -> None:
    made = converted(Path("c.xml"), CLIENTS, ACCOUNT, tmp_path / "secrets")
    file = tmp_path / "config.toml"
    file.write_text(made.text)
    settings = load_settings(file)
    without_passwords = [machine_of(client) for client in CLIENTS]
    assert [
        (each.name, each.user, each.port, each.mail) for each in settings.machines if not isinstance(each, str)
    ] == [(each.name, each.user, each.port, each.mail) for each in without_passwords]
    assert settings.rules == rules_of(CLIENTS)
    given = smtp_of(ACCOUNT)
    assert (settings.notify.smtp.host, settings.notify.smtp.user) == (given.host, given.user)
    assert (made.machines, made.limits) == (4, 3)
    assert len(configured_machines(settings)) == 4


def test_passwords_are_apart_and_their_commands_print_them(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    made = converted(Path("c.xml"), CLIENTS, ACCOUNT, folder)
    assert sorted(made.secrets.values()) == ["it's $HOME", "mail secret", "three", "two"]
    assert not any(secret in made.text for secret in made.secrets.values())
    folder.mkdir()
    for path, secret in made.secrets.items():
        path.write_text(secret + "\n")
        command = f"cat {shlex.quote(str(path))}"
        assert toml_value(command) in made.text
        assert subprocess.check_output(command, shell=True, text=True) == secret + "\n"


def test_a_password_of_two_lines_cannot_be_printed_as_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 3: a password has a line break"):
        converted(Path("c.xml"), [Client(3, "a", password="x\ny")], None, tmp_path)
