from __future__ import annotations

import logging
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import asyncssh
import keyring
import keyring.backend
import keyring.errors
import msgspec
import pytest
from asyncssh import sk_eddsa

from tests.collect.fake_machine import MachineMaker
from tests.collect.home import Home, locked
from tests.collect.recording_sink import RecordingSink
from whotop.collect import private_keys
from whotop.collect.collector import Collector
from whotop.collect.passphrases import agent_keys, is_encrypted, keys_needing_passphrase
from whotop.model import Target

Collect = Callable[..., Collector]


async def test_a_password_comes_from_the_environment(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "sesame")
    machine = await trusted(password="sesame")
    collect(machine.target(password_environment="DB_PASSWORD"))
    await sink.wait_for("hello")


async def test_a_password_comes_from_the_first_line_of_a_command_that_runs_once_for_all(
    trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(password="sesame")
    command = f"echo run >> {home.folder}/runs; printf 'sesame\\nmore'"
    collect(*(machine.target(f"m{number}", password_command=command) for number in range(5)))
    await sink.wait_for("hello", count=5)
    assert (home.folder / "runs").read_text() == "run\n"


class Keyring(keyring.backend.KeyringBackend):
    """A keyring that counts how often it is asked."""

    priority = 1.0
    asked: ClassVar[list[tuple[str, str]]] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append((service, username))
        if service == "locked":
            raise keyring.errors.KeyringLocked("nobody\x1b[31m opened it")
        return "sesame" if (service, username) == ("switches", "ops/lane") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("whotop writes no password")


@pytest.fixture
def asked_of_keyring() -> Iterator[list[tuple[str, str]]]:
    usual = keyring.get_keyring()
    Keyring.asked.clear()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    yield Keyring.asked
    keyring.set_keyring(usual)


async def test_a_password_comes_from_the_keyring_which_is_asked_once_for_all(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    asked_of_keyring: list[tuple[str, str]],
) -> None:
    machine = await trusted(password="sesame")
    collect(*(machine.target(f"m{number}", password_keyring="switches/ops/lane") for number in range(3)))
    await sink.wait_for("hello", count=3)
    assert asked_of_keyring == [("switches", "ops/lane")]


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("switches/nobody", "the keyring has no password of nobody for switches"),
        ("locked/lane", "the keyring cannot be asked: nobody\\x1b[31m opened it"),
    ],
)
@pytest.mark.usefixtures("asked_of_keyring")
async def test_a_keyring_without_the_password_is_said(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, place: str, complaint: str
) -> None:
    machine = await trusted(password="sesame")
    collect(machine.target(password_keyring=place))
    assert await sink.wait_for("lost") == complaint


@pytest.mark.parametrize("is_typed", [True, False], ids=["question", "password"])
async def test_no_secret_is_in_the_log_whatever_its_level(
    trusted: MachineMaker,
    home: Home,
    sink: RecordingSink,
    collect: Collect,
    caplog: pytest.LogCaptureFixture,
    is_typed: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    key = home.key("locked", passphrase="open-sesame-key")
    machine = await trusted(password="open-sesame-password", authorized_client_keys=authorized(key))
    path = home.ssh / "locked"
    target = machine.target(identity_files=(str(path),))
    if is_typed:
        collect(target, passphrases={path: "open-sesame-key"}, passwords={"db-02": "open-sesame-password"})
    else:
        collect(msgspec.structs.replace(target, identity_files=()), passwords={"db-02": "open-sesame-password"})
    await sink.wait_for("hello")
    assert "asyncssh" in {record.name.partition(".")[0] for record in caplog.records}
    assert "open-sesame" not in caplog.text


async def test_no_password_is_sent_before_the_host_key_is_known_to_be_right(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    told: list[str] = []
    machine = await machines(password="sesame", passwords_told=told)
    collect(machine.target("unknown"), passwords={"unknown": "sesame"})
    await sink.wait_for("lost", "unknown")
    assert told == []
    home.trust(machine.known_hosts_line())
    collect(machine.target("known"), passwords={"known": "sesame"})
    await sink.wait_for("hello", "known")
    assert told == ["sesame"]


async def test_a_key_on_a_security_key_says_what_it_needs(
    trusted: MachineMaker,
    home: Home,
    sink: RecordingSink,
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(private_keys, "sk_available", False)
    point = home.key("plain").public_data[-32:]
    monkeypatch.setattr(sk_eddsa, "sk_enroll", lambda *_: (point, b"handle"))
    held = asyncssh.generate_private_key("sk-ssh-ed25519@openssh.com")
    (home.ssh / "on-a-stick").write_bytes(held.export_private_key("openssh"))
    machine = await trusted()
    collect(machine.target(identity_files=(str(home.ssh / "on-a-stick"),)))
    assert await sink.wait_for("lost") == (
        "authentication refused for watcher: there is no key or password to try; "
        "on-a-stick is on a security key (ssh-add it, or pip install 'whotop[security-keys]')"
    )


async def test_a_password_that_was_asked_for_goes_first(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(password="sesame")
    collect(machine.target(password_command="false"), passwords={"db-02": "sesame"})
    await sink.wait_for("hello")


async def test_what_was_tried_is_said_when_it_is_refused_but_never_the_password(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DB_PASSWORD", "not-sesame")
    machine = await trusted(password="sesame")
    collect(machine.target(password_environment="DB_PASSWORD"))
    reason = await sink.wait_for("lost")
    assert reason == "authentication refused for watcher: tried id_ed25519, the password"
    assert "not-sesame" not in caplog.text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"password_environment": "UNSET"}, "the environment holds no UNSET"),
        ({"password_command": "exit 3"}, "password_command ended with status 3: exit 3"),
        ({"password_command": "true"}, "password_command told nothing: true"),
    ],
)
async def test_a_password_that_is_not_where_it_should_be_is_said(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    changes: dict[str, str],
    complaint: str,
) -> None:
    machine = await trusted(password="sesame")
    collect(machine.target(**changes))
    assert await sink.wait_for("lost") == complaint


async def test_an_encrypted_key_opens_with_the_passphrase_that_was_asked_for(
    trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    key = home.key("locked", passphrase="open")
    machine = await trusted(authorized_client_keys=authorized(key))
    path = home.ssh / "locked"
    collect(machine.target(identity_files=(str(path),)), passphrases={path: "open"})
    await sink.wait_for("hello")


async def test_an_encrypted_key_without_its_passphrase_is_named(
    trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    key = home.key("locked", passphrase="open")
    machine = await trusted(authorized_client_keys=authorized(key))
    collect(machine.target(identity_files=(str(home.ssh / "locked"), "/nonexistent/key")))
    assert await sink.wait_for("lost") == (
        "authentication refused for watcher: there is no key or password to try; "
        "locked is encrypted; key does not exist"
    )


async def test_a_certificate_beside_a_key_is_offered(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    authority, key = asyncssh.generate_private_key("ssh-ed25519"), home.key("signed")
    certificate = authority.generate_user_certificate(key, "watcher", principals=["watcher"])
    certificate.write_certificate(str(home.ssh / "signed-cert.pub"))
    machine = await machines(
        authorized_client_keys=asyncssh.import_authorized_keys(
            f"cert-authority {authority.export_public_key().decode()}"
        )
    )
    home.trust(machine.known_hosts_line())
    collect(machine.target(identity_files=(str(home.ssh / "signed"),)))
    await sink.wait_for("hello")


async def test_few_keys_are_offered(trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect) -> None:
    names = [f"key{number}" for number in range(9)]
    for name in names:
        home.key(name)
    files = tuple(str(home.ssh / name) for name in names)
    machine = await trusted()
    collect(machine.target(identity_files=files))
    assert await sink.wait_for("lost") == ("authentication refused for watcher: tried key0, key1, key2, key3, key4")


@pytest.fixture
def agent(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real ssh-agent that holds nothing yet."""
    path = home.folder / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    with socket.socket(socket.AF_UNIX) as trial:
        while trial.connect_ex(str(path)):
            assert process.poll() is None
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield path
    process.terminate()
    process.wait()


def add_to_agent(path: Path, key: Path) -> None:
    subprocess.run(["ssh-add", "-q", key], check=True, env=os.environ | {"SSH_AUTH_SOCK": str(path)})


async def test_a_key_that_only_the_agent_holds_is_used(
    agent: Path, trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    key = home.key("held")
    add_to_agent(agent, home.ssh / "held")
    (home.ssh / "held").unlink()
    machine = await trusted(authorized_client_keys=authorized(key))
    collect(*(machine.target(f"m{number}") for number in range(5)))
    await sink.wait_for("hello", count=5)


def test_no_passphrase_is_asked_for_where_the_agent_holds_the_key(agent: Path, home: Home) -> None:
    held, other = home.key("held"), home.key("locked", passphrase="open")
    add_to_agent(agent, home.ssh / "held")
    (home.ssh / "held").write_bytes(locked(held, "open"))
    assert other.public_data not in agent_keys(str(agent))
    targets = [Target(name=name, identity_files=(str(home.ssh / name),)) for name in ("held", "locked")]
    assert keys_needing_passphrase(targets, [home.ssh / "config"]) == [home.ssh / "locked"]


def test_a_passphrase_is_asked_for_once_per_key(home: Home) -> None:
    home.key("locked", passphrase="open")
    home.key("plain")
    targets = [Target(name=f"m{n}", identity_files=(str(home.ssh / "locked"), str(home.ssh / "plain"))) for n in (1, 2)]
    assert keys_needing_passphrase(targets, [home.ssh / "config"]) == [home.ssh / "locked"]


def test_usual_keys_are_asked_for_only_where_there_is_nothing_else(home: Home) -> None:
    home.key("id_rsa", passphrase="open")
    assert keys_needing_passphrase([Target(name="a")], []) == [home.ssh / "id_rsa"]
    assert keys_needing_passphrase([Target(name="a", password_command="x")], []) == []
    assert keys_needing_passphrase([Target(name="a", local=True)], []) == []
    home.key("id_ed25519")
    assert keys_needing_passphrase([Target(name="a")], []) == []


@pytest.mark.parametrize("form", ["openssh", "pkcs1-pem", "pkcs8-pem"])
def test_encrypted_keys_are_told_from_plain_ones(form: str) -> None:
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    assert is_encrypted(key.export_private_key(form, passphrase="open", rounds=1, ignore_few_rounds=True))
    assert not is_encrypted(key.export_private_key(form))


def test_a_broken_agent_holds_no_keys(home: Home) -> None:
    assert agent_keys("") == set()
    assert agent_keys(str(home.folder / "nothing")) == set()


def authorized(key: asyncssh.SSHKey) -> asyncssh.SSHAuthorizedKeys:
    return asyncssh.import_authorized_keys(key.export_public_key().decode())
