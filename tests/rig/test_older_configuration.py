"""The older collector's XML, on a real machine that takes a password, with a real mail server."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.cli.conftest import log  # noqa: F401 - what a command logs ends with the test
from tests.notify.conftest import Serve, authority, serve, smtp  # noqa: F401 - fixtures
from tests.notify.smtp_server import PASSWORD, USER
from tests.rig.machine import WATCHER, Rig, RigMachine
from tests.rig.pretended_load import pretending
from whotop.cli.main import run
from whotop.config import email_json
from whotop.config.email_json import Account, GivenSmtp
from whotop.config.notify_settings import SmtpTable

pytestmark = pytest.mark.rig

MACHINES_PASSWORD = "it's $HOME & more"
OWN_ADDRESS = "web-01@example.org"


def takes_passwords(machine: RigMachine) -> None:
    hashed = subprocess.check_output(["openssl", "passwd", "-6", MACHINES_PASSWORD], text=True).strip()
    shadow = machine.folder / "etc" / "shadow"
    shadow.write_text(shadow.read_text().replace(f"{WATCHER}:*:", f"{WATCHER}:{hashed}:"))
    config = machine.folder / "sshd_config"
    config.write_text(config.read_text().replace("PasswordAuthentication no", "PasswordAuthentication yes"))
    machine.restart_sshd()


def write_configuration(folder: Path, machine: RigMachine) -> Path:
    """As its document shows it; ``&`` and quotes as XML wants them."""
    (folder / "email_config.json").write_text(
        json.dumps({"email_configurations": {"username": USER, "password": PASSWORD}})
    )
    file = folder / "config.xml"
    password = MACHINES_PASSWORD.replace("&", "&amp;")
    file.write_text(
        f'<clients>\n<client ip="{machine.address}" port="22" username="{WATCHER}" password="{password}"'
        f' mail="{OWN_ADDRESS}">\n<alert type="memory" limit="50%" />\n<alert type="cpu" limit="25%" />\n'
        "</client>\n</clients>\n"
    )
    for each in folder.iterdir():
        each.chmod(0o600)
    return file


async def whotop(*arguments: str | Path) -> int:
    """The command line, in a thread: the mail server of the test goes on meanwhile."""
    return await asyncio.to_thread(run, [str(argument) for argument in arguments])


def told(mail: EmailMessage) -> str:
    """What a subject says of its machine."""
    return str(mail["Subject"]).rpartition(": ")[2]


async def test_over_its_limit_a_client_is_mailed_once_and_once_more_when_it_is_over(
    rig: Rig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    serve: Serve,  # noqa: F811
    smtp: Callable[..., SmtpTable],  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    machine = rig.machine("web-01")
    takes_passwords(machine)
    file = write_configuration(tmp_path, machine)
    server = await serve()

    def smtp_here(account: Account) -> GivenSmtp:
        return GivenSmtp(
            host="127.0.0.1", port=server.port, ca_file=smtp(server).ca_file, user=account.username, account=account
        )

    monkeypatch.setattr(email_json, "smtp_of", smtp_here)
    once = ("collect", "--once", "-c", file, "--store", tmp_path / "whotop.db")

    async with pretending(machine) as load:
        assert await whotop(*once) == 3
        assert f"whotop check -c {file} --accept-new" in capfd.readouterr().err
        assert await whotop("check", "-c", file, "--accept-new") == 0
        server.mails.clear()

        load.cpu_percent, load.memory_percent = 97, 60
        assert await whotop(*once) == 0
        over = [mail for mail in server.mails if " over " in str(mail["Subject"])]
        assert sorted(told(mail) for mail in over) == ["cpu 97% over 25%", "memory 60% over 50%"]
        assert {str(mail["To"]) for mail in server.mails} == {OWN_ADDRESS}
        server.mails.clear()

        server.busy, load.memory_percent = True, 10
        assert await whotop(*once) == 0
        assert server.mails == []
        assert "come back later" in capfd.readouterr().err

        server.busy = False
        assert await whotop(*once) == 0
        assert server.subjects() == [f"[whotop] resolved: {machine.address}: memory 60% over 50%"]
