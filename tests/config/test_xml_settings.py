"""The older collector's configuration, used as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whotop.config.load import load_settings
from whotop.config.machines import configured_machines
from whotop.config.rules import decode_rules
from whotop.config.xml_settings import xml_passwords
from whotop.errors import ConfigError
from whotop.model import Target

CLIENTS = """<clients>
<client ip="10.0.0.1" port="22" username="ops" password="s3cret-1" mail="a@example.org">
  <alert type="memory" limit="50%"/><alert type="cpu" limit="20%"/></client>
<client ip="10.0.0.1" port="2222" username="ops" password="s3cret-2"><alert type="cpu" limit="20%"/></client>
<client ip="::1" port="2222"><alert type="cpu" limit="99.5"/></client>
</clients>"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.xml"
    file.write_text(CLIENTS)
    return file


def test_clients_are_machines_named_by_address_and_unusual_port(file: Path) -> None:
    machines = configured_machines(load_settings(file), str(file))
    assert list(machines) == ["10.0.0.1", "10.0.0.1:2222", "[::1]:2222"]
    assert machines["10.0.0.1"] == Target(name="10.0.0.1", port=22, user="ops", mail="a@example.org")
    assert (machines["[::1]:2222"].host, machines["[::1]:2222"].port) == ("::1", 2222)


def test_passwords_are_with_whoever_logs_in_and_not_in_the_settings(file: Path) -> None:
    assert xml_passwords(file) == {"10.0.0.1": "s3cret-1", "10.0.0.1:2222": "s3cret-2"}
    assert "s3cret" not in repr(load_settings(file))


def test_limits_are_scopes_of_the_rules_and_tell_at_once(file: Path) -> None:
    settings = load_settings(file)
    assert settings.rules == {
        "memory": {"scopes": [{"machines": ["10.0.0.1"], "percent": 50.0, "for": "0s"}]},
        "cpu": {
            "scopes": [
                {"machines": ["10.0.0.1", "10.0.0.1:2222"], "percent": 20.0, "for": "0s"},
                {"machines": ["[[]::1]:2222"], "percent": 99.5, "for": "0s"},
            ]
        },
    }
    assert len(decode_rules(settings.rules, file=str(file)).cpu.scopes) == 2


def test_the_account_beside_it_sends_mail(file: Path) -> None:
    (file.parent / "email_config.json").write_text(
        json.dumps({"email_configurations": {"username": "alerts@example.org", "password": "s3cret"}})
    )
    smtp = load_settings(file).notify.smtp
    assert (smtp.host, smtp.port, smtp.security, smtp.from_address) == (
        "smtp.zoho.com",
        None,
        "starttls",
        "alerts@example.org",
    )
    assert smtp.password.given == "s3cret"
    assert "s3cret" not in repr(smtp) + repr(smtp.password)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "missing required field `email_configurations`"),
        ('{"email_configurations": {"username": "alerts", "password": "x"}}', '"alerts" is no mail address'),
        ("{", "email_config.json: "),
        pytest.param('{"a":' * 5_000, "recursion", id="nested"),
    ],
)
def test_an_account_that_is_none_is_named_with_its_file(file: Path, text: str, message: str) -> None:
    (file.parent / "email_config.json").write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_settings(file)
