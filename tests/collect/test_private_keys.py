"""Private keys: read once, however many machines want them at the same time."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import asyncssh
import pytest

from whotop.collect import private_keys
from whotop.collect.private_keys import LoadedKey, PrivateKeys


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read."""
    made: list[Path] = []
    read = private_keys._read

    def noted(path: Path, certificates: tuple[Path, ...], passphrase: str | None) -> LoadedKey:
        made.append(path)
        return read(path, certificates, passphrase)

    monkeypatch.setattr(private_keys, "_read", noted)
    return made


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "id_ed25519"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(path)
    return path


async def test_a_key_that_many_machines_want_at_once_is_read_once(reads: list[Path], key_file: Path) -> None:
    keys = PrivateKeys({})
    loaded = await asyncio.gather(*(keys.load(key_file) for _ in range(64)))
    assert reads == [key_file]
    assert {id(one) for one in loaded} == {id(loaded[0])}


async def test_a_key_that_was_changed_is_read_again(reads: list[Path], key_file: Path) -> None:
    keys = PrivateKeys({})
    await keys.load(key_file)
    os.utime(key_file, ns=(1, 1))
    await keys.load(key_file)
    assert reads == [key_file, key_file]


async def test_a_key_that_is_not_there_is_not_read(reads: list[Path], tmp_path: Path) -> None:
    assert await PrivateKeys({}).load(tmp_path / "id_rsa") is None
    assert reads == []
