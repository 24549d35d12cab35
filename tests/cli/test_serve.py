"""``whotop serve``: what it refuses to begin with, and one that begins, answers and ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Run
from whotop.cli import serve as serve_module
from whotop.cli.run_server import token_of
from whotop.config.web_settings import WebTable
from whotop.errors import ConfigError, SecretError

TOKEN = "an excellent secret"
SECONDS = 120.0


def test_an_address_that_others_reach_needs_a_token(whotop: Run) -> None:
    code, _, errors = whotop("serve", "--address", "0.0.0.0")
    assert code == 2
    assert errors.startswith("whotop: 0.0.0.0 can be reached by others, so a token is needed")


def test_a_token_file_that_others_can_read_and_a_wire_that_they_can_are_a_line_each(
    whotop: Run, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o644)
    file = tmp_path / "config.toml"
    file.write_text('[web]\naddress = "192.0.2.1"\nport = 1\ntoken_file = "token"\n')
    code, _, errors = whotop("serve", "-c", file)
    assert code == 1
    assert [line.partition(" (")[0] for line in errors.splitlines()] == [
        f"whotop: others can read the secret in {tmp_path / 'token'}",
        "whotop: the token and all answers travel readable",
        "whotop: cannot listen on 192.0.2.1 port 1: Cannot assign requested address",
    ]


def test_machines_are_named_for_polling_alone(whotop: Run) -> None:
    code, _, errors = whotop("serve", "web-01")
    assert (code, errors) == (2, "whotop: serve answers for the whole store: MACHINEs are for --collect\n")


def test_a_missing_extra_is_one_line(whotop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_module, "find_spec", lambda name: None if name == "bokeh" else name)
    code, _, errors = whotop("serve")
    assert (code, errors) == (2, "whotop: serve needs bokeh: pip install 'whotop[web]'\n")


def test_a_place_that_is_taken_is_told(whotop: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, errors = whotop("serve", "--port", str(port), "--store", tmp_path / "whotop.db")
    assert (code, errors) == (1, f"whotop: cannot listen on 127.0.0.1 port {port}: Address already in use\n")


def test_a_certificate_that_is_none_is_told(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    (tmp_path / "cert.pem").write_text("no certificate")
    file.write_text(f'[web]\nport = 0\ncertificate = "cert.pem"\n[store]\npath = "{tmp_path / "whotop.db"}"\n')
    code, _, errors = whotop("serve", "-c", file)
    assert code == 1
    assert "cert.pem cannot be used as a certificate" in errors


def test_a_token_comes_from_a_file_the_environment_or_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\nmore\n")
    monkeypatch.setenv("A_TOKEN", TOKEN)
    for table in (
        WebTable(token_file=str(file)),
        WebTable(token_environment="A_TOKEN"),
        WebTable(token_command=f"echo {TOKEN}"),
    ):
        assert token_of(table, "config.toml") == TOKEN
    assert token_of(WebTable(), "") == ""


def test_a_place_that_holds_no_token_is_named(tmp_path: Path) -> None:
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    empty.write_text("\n")
    for path in (missing, empty):
        with pytest.raises(ConfigError, match=rf"config.toml: web.token_file: .*{path.name}"):
            token_of(WebTable(token_file=str(path)), "config.toml")
    with pytest.raises(SecretError, match="token_command ended with status 1"):
        token_of(WebTable(token_command="false"), "config.toml")


async def test_it_polls_serves_and_ends_on_a_signal(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('interval = "0.5s"\nmachines = [{name = "here", local = true}]\n[store]\npath = "whotop.db"\n')
    arguments = ("serve", "--collect", "--port", "0", "-c", str(file), "--log-file", str(tmp_path / "log"))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "whotop", *arguments),
        env=os.environ | {"HOME": str(home)},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(SECONDS):
            line = (await process.stderr.readline()).decode()
            assert line.startswith("whotop: http://127.0.0.1:")
            assert line.endswith("/usage\n")
            url = line.split()[1].removesuffix("usage") + "machines"
            while not await asyncio.to_thread(_is_up, url):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            assert (await process.stderr.read()).decode() == ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _is_up(url: str) -> bool:
    try:
        with urlopen(url) as answer:
            machines = json.load(answer)["machines"]
    except OSError:
        return False
    return [(each["machine"], each["state"]) for each in machines] == [("here", "up")]
