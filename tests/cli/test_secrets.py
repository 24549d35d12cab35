from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from whotop.cli import secrets as secrets_file
from whotop.cli.options import ConfigOptions
from whotop.cli.prepare import Prepared, prepare
from whotop.cli.secrets import Secrets, ask_secrets, keys_left_locked
from whotop.errors import UsageError


class Person:
    """Somebody at the terminal who answers every question alike."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        return self.answer


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = Person("secret")
    monkeypatch.setattr(secrets_file, "_ask", person)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    return person


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """An encrypted key."""
    file = tmp_path / "key"
    locked = pem.BestAvailableEncryption(b"secret")
    file.write_bytes(Ed25519PrivateKey.generate().private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, locked))
    return file


def prepared(tmp_path: Path, text: str, *, ask_password: bool = False) -> Prepared:
    config = tmp_path / "config.toml"
    config.write_text(text)
    return prepare((), ConfigOptions(config=config, ask_password=ask_password))


def test_a_passphrase_is_asked_for_once_per_key(tmp_path: Path, key: Path, person: Person) -> None:
    machines = f'machines = ["web-[1-9]"]\n[defaults]\nidentity_files = ["{key}"]\n'
    assert ask_secrets(prepared(tmp_path, machines)) == Secrets({key: "secret"}, {})
    assert person.asked == [f"Passphrase for {key} (enter to do without)"]


def test_one_that_does_not_open_the_key_is_asked_for_twice_more_and_then_done_without(
    tmp_path: Path, key: Path, person: Person
) -> None:
    person.answer = "wrong"
    machines = f'machines = ["web-1"]\n[defaults]\nidentity_files = ["{key}"]\n'
    assert ask_secrets(prepared(tmp_path, machines)) == Secrets()
    assert [question.partition(" ")[0] for question in person.asked] == ["Passphrase", "It", "It"]


def test_an_empty_answer_does_without(tmp_path: Path, key: Path, person: Person) -> None:
    person.answer = ""
    machines = f'machines = ["web-1"]\n[defaults]\nidentity_files = ["{key}"]\n'
    assert ask_secrets(prepared(tmp_path, machines)) == Secrets()


def test_nobody_is_asked_where_nothing_is_needed(tmp_path: Path, person: Person) -> None:
    assert ask_secrets(prepared(tmp_path, 'machines = ["web-1"]')) == Secrets()
    assert person.asked == []


def test_one_password_goes_for_all_that_have_no_other(tmp_path: Path, person: Person) -> None:
    machines = 'machines = ["a", "b", {name = "c", password_command = "x"}, {name = "here", local = true}]'
    assert ask_secrets(prepared(tmp_path, machines, ask_password=True)).passwords == {"a": "secret", "b": "secret"}
    assert len(person.asked) == 1


def test_without_a_terminal_no_password_can_be_asked_for(
    tmp_path: Path, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UsageError, match="--ask-password needs a terminal"):
        ask_secrets(prepared(tmp_path, 'machines = ["a"]', ask_password=True))


def test_secrets_are_never_printed() -> None:
    assert repr(Secrets({Path("k"): "secret"}, {"a": "secret"})) == "Secrets()"


def test_an_encrypted_key_that_is_new_after_a_reload_is_named(tmp_path: Path, home: Path, key: Path) -> None:
    again = prepared(tmp_path, f'machines = [{{ name = "web-01", identity_files = ["{key}"] }}]')
    assert keys_left_locked(again, {}) == f"no passphrase for {key}: ssh-add it, or start whotop anew"
    assert keys_left_locked(again, {key}) == ""


def test_passwords_of_the_older_collectors_xml_are_nobodys_question(tmp_path: Path, person: Person) -> None:
    file = tmp_path / "config.xml"
    file.write_text("<clients><client ip='10.0.0.1' password='from the file'/><client ip='10.0.0.2'/></clients>")
    prepared = prepare((), ConfigOptions(config=file, ask_password=True))
    assert ask_secrets(prepared).passwords == {"10.0.0.1": "from the file", "10.0.0.2": "secret"}
