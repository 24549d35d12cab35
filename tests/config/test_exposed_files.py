from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.exposed_files import exposed_files
from whotop.config.settings import Settings
from whotop.model import Target


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    return home


def written(path: Path, text: str = "secret", mode: int = 0o644) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def of_command(command: str, file: Path) -> list[Path]:
    return exposed_files(Settings(), file, [Target(name="web", password_command=command)])


@pytest.mark.parametrize(("mode", "is_exposed"), [(0o600, False), (0o640, True), (0o604, True), (0o400, False)])
def test_a_named_key_is_for_its_owner_alone(tmp_path: Path, mode: int, is_exposed: bool) -> None:
    key = written(tmp_path / "key", mode=mode)
    targets = [Target(name=name, identity_files=(str(key),)) for name in ("web", "db")]
    assert exposed_files(Settings(), None, targets) == ([key] if is_exposed else [])


def test_the_usual_keys_are_looked_at_and_their_public_halves_are_not(home: Path) -> None:
    key = written(home / ".ssh" / "id_ed25519")
    written(home / ".ssh" / "id_ed25519.pub")
    assert exposed_files(Settings(), None, []) == [key]


def test_a_configuration_whose_command_prints_the_password_holds_it(tmp_path: Path) -> None:
    file = written(tmp_path / "config.toml")
    assert of_command("echo sesame", file) == [file]
    assert of_command("pass show switches/old", file) == []
    file.chmod(0o600)
    assert of_command("echo sesame", file) == []


@pytest.mark.parametrize(
    ("text", "is_exposed"),
    [
        ("web ansible_host=10.0.0.1 ansible_password=sesame\n", True),
        ("web ansible_ssh_pass='sesame'\n", True),
        ("web:\n  ansible_become_pass: sesame\n", True),
        ('{"web": {"ansible_password": "sesame"}}', True),
        ("web ansible_password={{ vaulted }}\n", False),
        ('web:\n  ansible_password: "{{ vaulted }}"\n', False),
        ("web:\n  ansible_password: !vault |\n    $ANSIBLE_VAULT\n", False),
        ("# ansible_password=sesame\nweb\n", False),
        ("web ansible_user=lane\n", False),
    ],
)
def test_an_inventory_may_hold_passwords_though_whotop_does_not_read_them(
    tmp_path: Path, text: str, is_exposed: bool
) -> None:
    file = written(tmp_path / "hosts", text)
    assert exposed_files(Settings(inventory=(str(file),)), None, []) == ([file] if is_exposed else [])


def test_what_is_not_there_is_exposed_to_nobody(tmp_path: Path) -> None:
    settings = Settings(inventory=(str(tmp_path / "none"),))
    assert exposed_files(settings, tmp_path / "c", [Target(name="web", identity_files=(str(tmp_path / "key"),))]) == []


@pytest.mark.parametrize(("text", "is_secret"), [("<client ip='a' password='x'/>", True), ("<client ip='a'/>", False)])
def test_the_older_collectors_files_hold_passwords(tmp_path: Path, text: str, is_secret: bool) -> None:
    xml, account = written(tmp_path / "config.xml", text), written(tmp_path / "email_config.json")
    assert exposed_files(Settings(), xml, []) == ([xml, account] if is_secret else [account])
