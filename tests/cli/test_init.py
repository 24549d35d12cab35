from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from whotop.config.load import load_settings
from whotop.config.machines import configured_machines
from whotop.config.settings import Settings

XML = """<client ip="10.0.0.1" port="22" username="ops" password="s3cret" mail="a@b">
<alert type="cpu" limit="20%"/></client>"""


def test_a_configuration_to_start_from_is_written_where_it_is_looked_for(whotop: Run, home: Path) -> None:
    code, output, _ = whotop("init")
    file = home / ".config" / "whotop" / "config.toml"
    assert code == 0
    assert output == f"{file}: no machine yet, so whotop watches this one\nnext: whotop check\n"
    written = load_settings(file)
    assert (written.machines, written.rules) == (Settings().machines, {})
    assert file.stat().st_mode & 0o777 == 0o600


def test_every_comment_that_is_a_setting_is_one(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    whotop("init", "-o", file, "web-01")
    text = file.read_text()
    spoken = text.replace("# [", "[").replace('machines = ["web-01"]\n', "")
    lines = [line.removeprefix("# ") if " = " in line or "[[" in line else line for line in spoken.splitlines()]
    file.write_text("\n".join(line for line in lines if "inventory" not in line and "ssh_config_hosts" not in line))
    settings = load_settings(file)
    assert settings.store.path == "/var/lib/whotop/whotop.db"
    assert settings.notify.mail[0].to == ("ops@example.com",)
    assert len(configured_machines(settings)) == 3


def test_it_watches_what_was_named(whotop: Run, tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("w1\nw2\n")
    code, output, _ = whotop("init", "-o", tmp_path / "c.toml", "-i", tmp_path / "hosts", "ops@db-[1-3]")
    assert code == 0
    assert "5 machines" in output
    assert f"next: whotop check -c {tmp_path / 'c.toml'}" in output


@pytest.mark.parametrize("words", [["-i", "none"], ["@x"], ["--email", "x"], ["--from-xml", "x.xml", "web-01"]])
def test_what_cannot_be_meant_writes_nothing(whotop: Run, tmp_path: Path, words: list[str]) -> None:
    code, _, errors = whotop("init", "-o", tmp_path / "c.toml", *words)
    assert code == 2
    assert errors.count("\n") == 1
    assert not (tmp_path / "c.toml").exists()


def test_nothing_is_written_over_unless_that_is_said(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("mine")
    code, _, errors = whotop("init", "-o", file)
    assert (code, file.read_text()) == (2, "mine")
    assert "is there already (--force writes over it)" in errors
    assert whotop("init", "-o", file, "--force")[0] == 0


def test_the_older_collectors_is_converted_and_its_passwords_are_apart(whotop: Run, tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(XML)
    account = {"username": "alerts@example.org", "password": "mail s3cret"}
    (tmp_path / "email_config.json").write_text(json.dumps({"email_configurations": account}))
    file = tmp_path / "new" / "c.toml"
    code, output, _ = whotop("init", "--from-xml", tmp_path / "config.xml", "-o", file)
    assert code == 0
    assert "1 machine, 1 limit, mail from alerts@example.org" in output
    assert f"next: whotop check -c {file} --accept-new" in output
    assert "s3cret" not in output + file.read_text()
    secrets = file.parent / "secrets"
    assert {path.name: path.read_text() for path in secrets.iterdir()} == {
        "10.0.0.1": "s3cret\n",
        "mail": "mail s3cret\n",
    }
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o600}
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert configured_machines(load_settings(file))["10.0.0.1"].has_password


def test_an_xml_that_is_wrong_is_named_with_its_line(whotop: Run, tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text("<clients>\n<client ip=“10.0.0.1”/></clients>")
    code, _, errors = whotop("init", "--from-xml", tmp_path / "config.xml", "-o", tmp_path / "c.toml")
    assert code == 2
    assert "config.xml: line 2: there are curly quotes" in errors
