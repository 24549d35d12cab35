from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.key_files import check_key_file
from whotop.errors import ConfigError


@pytest.mark.parametrize("kind", ["OPENSSH PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"])
def test_a_private_key_is_fine(tmp_path: Path, kind: str) -> None:
    (tmp_path / "key").write_text(f"-----BEGIN {kind}-----\n")
    check_key_file(tmp_path / "key")


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"key: there is no such key file"):
        check_key_file(tmp_path / "key")


def test_a_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"this key cannot be read: Is a directory"):
        check_key_file(tmp_path)


def test_a_public_key_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "id.pub").write_text("ssh-ed25519 AAAA lane\n")
    with pytest.raises(ConfigError, match=r"id.pub: is no private key \(name id, the private one\)"):
        check_key_file(tmp_path / "id.pub")
