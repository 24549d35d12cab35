from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from whotop.config.key_files import is_encrypted
from whotop.errors import ConfigError

LOCKED = pem.BestAvailableEncryption(b"secret")
OPEN = pem.NoEncryption()


@pytest.mark.parametrize(
    "format_", [pem.PrivateFormat.OpenSSH, pem.PrivateFormat.PKCS8, pem.PrivateFormat.TraditionalOpenSSL]
)
@pytest.mark.parametrize(("encryption", "encrypted"), [(LOCKED, True), (OPEN, False)])
def test_the_head_of_a_key_tells_whether_it_wants_a_passphrase(
    tmp_path: Path, format_: pem.PrivateFormat, encryption: pem.KeySerializationEncryption, encrypted: bool
) -> None:
    is_old = format_ is pem.PrivateFormat.TraditionalOpenSSL
    key = generate_private_key(65_537, 1_024) if is_old else Ed25519PrivateKey.generate()
    (tmp_path / "key").write_bytes(key.private_bytes(pem.Encoding.PEM, format_, encryption))
    assert is_encrypted(tmp_path / "key") is encrypted


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"key: there is no such key file"):
        is_encrypted(tmp_path / "key")


def test_a_public_key_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "id.pub").write_text("ssh-ed25519 AAAA lane\n")
    with pytest.raises(ConfigError, match=r"id.pub: is no private key \(name id, the private one\)"):
        is_encrypted(tmp_path / "id.pub")


@pytest.mark.parametrize("body", [b"", b"!!!", b"AAAA", b"b3BlbnNzaC1rZXktdjEA"])
def test_a_broken_key_is_no_crash(tmp_path: Path, body: bytes) -> None:
    head = b"-----BEGIN OPENSSH PRIVATE KEY-----\n"
    (tmp_path / "key").write_bytes(head + body)
    assert is_encrypted(tmp_path / "key") in {True, False}
