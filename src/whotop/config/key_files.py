"""Private key files: whether one can be read, and whether it wants a passphrase.

Told from the file's head alone, so that nothing has to load an SSH library to find out. Formats:
OpenSSH's PROTOCOL.key, PKCS#8 (RFC 5958) and the older PEM with a ``Proc-Type`` header (RFC 1421).
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from whotop.errors import ConfigError

SIZE_MAX_BYTES = 64 << 10
DEFAULT_NAMES = ("id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk")

_OPENSSH_MAGIC = b"openssh-key-v1\0"


def default_key_files() -> list[Path]:
    """The keys that OpenSSH tries by itself, those that exist."""
    folder = Path("~/.ssh").expanduser()
    return [folder / name for name in DEFAULT_NAMES if (folder / name).is_file()]


def is_encrypted(file: Path) -> bool:
    """Whether ``file`` wants a passphrase. Raises ConfigError where it cannot be read or is no key."""
    try:
        with file.open("rb") as opened:
            content = opened.read(SIZE_MAX_BYTES)
    except FileNotFoundError:
        raise ConfigError("there is no such key file", file=str(file)) from None
    except OSError as error:
        raise ConfigError(f"this key cannot be read: {error.strerror}", file=str(file)) from None
    if b"-----BEGIN " not in content:
        mend = f"name {file.stem}, the private one" if file.suffix == ".pub" else ""
        raise ConfigError("is no private key", file=str(file), mend=mend)
    if b"BEGIN OPENSSH PRIVATE KEY" in content:
        return _openssh_cipher(content) != b"none"
    return b"BEGIN ENCRYPTED PRIVATE KEY" in content or b"Proc-Type: 4,ENCRYPTED" in content


def _openssh_cipher(content: bytes) -> bytes:
    body = content.split(b"-----")[2]
    try:
        blob = base64.b64decode(b"".join(body.split())[:128])
    except binascii.Error:
        return b"none"
    if not blob.startswith(_OPENSSH_MAGIC):
        return b"none"
    start = len(_OPENSSH_MAGIC) + 4
    return blob[start : start + int.from_bytes(blob[start - 4 : start], "big")]
