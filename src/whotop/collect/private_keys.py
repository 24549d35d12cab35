"""Private keys, each loaded once: an encrypted one costs 0.13 s of bcrypt, and would at every connect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from asyncssh.sk import sk_available

from whotop.collect.passphrases import is_encrypted

SECURITY_KEY = b"sk-"
NO_SECURITY_KEYS = "is on a security key (ssh-add it, or pip install 'whotop[security-keys]')"

KeyPair = asyncssh.SSHKey | tuple[asyncssh.SSHKey, asyncssh.SSHCertificate]


@dataclass(frozen=True, slots=True)
class LoadedKey:
    """A key file as it was found. Without ``pairs`` it cannot be used, and ``trouble`` says why."""

    path: Path
    pairs: tuple[KeyPair, ...] = ()
    public_data: bytes = b""
    """The public half, by which an agent's keys are known; empty where there is none to read."""
    trouble: str = ""


def opens(path: Path, passphrase: str) -> bool:
    """Whether ``passphrase`` opens the encrypted key in ``path``."""
    return bool(_read(path, (), passphrase).pairs)


class PrivateKeys:
    """The keys that were loaded so far, by file and the time of its last change."""

    def __init__(self, passphrases: Mapping[Path, str]) -> None:
        self._passphrases = {path.expanduser(): passphrase for path, passphrase in passphrases.items()}
        self._loaded: dict[tuple[Path, tuple[Path, ...]], tuple[int, LoadedKey]] = {}
        self._loading = asyncio.Lock()

    async def load(self, path: Path, certificates: tuple[Path, ...] = ()) -> LoadedKey | None:
        """The key in ``path`` with the certificate beside it or among ``certificates``; None: no such file."""
        changed_ns = _changed_ns(path)
        if changed_ns is None:
            return None
        kept = self._loaded.get((path, certificates))
        if kept is not None and kept[0] == changed_ns:
            return kept[1]
        async with self._loading:
            # Others who wait for the same key come here when it has been loaded.
            kept = self._loaded.get((path, certificates))
            if kept is None or kept[0] != changed_ns:
                key = await asyncio.to_thread(_read, path, certificates, self._passphrases.get(path))
                kept = self._loaded[path, certificates] = (changed_ns, key)
        return kept[1]


def _changed_ns(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _read(path: Path, certificates: tuple[Path, ...], passphrase: str | None) -> LoadedKey:
    public_data = _public_data(path)
    try:
        data = path.read_bytes()
        if is_encrypted(data) and passphrase is None:
            return LoadedKey(path, public_data=public_data, trouble="is encrypted")
        key = asyncssh.import_private_key(data, passphrase)
    except OSError:
        return LoadedKey(path, public_data=public_data, trouble="cannot be read")
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        trouble = "does not open with this passphrase" if passphrase else "is no private key"
        return LoadedKey(path, public_data=public_data, trouble=trouble)
    if key.algorithm.startswith(SECURITY_KEY) and not sk_available:
        return LoadedKey(path, public_data=public_data, trouble=NO_SECURITY_KEYS)
    beside = Path(f"{path}-cert.pub")
    found = [_certificate(one) for one in dict.fromkeys((*certificates, beside)) if one.is_file()]
    signed = [one for one in found if one is not None and one.key.public_data == key.public_data]
    return LoadedKey(path, (*((key, one) for one in signed), key), key.public_data)


def _public_data(path: Path) -> bytes:
    try:
        public: bytes = asyncssh.read_public_key(f"{path}.pub").public_data
    except (OSError, asyncssh.KeyImportError):
        return b""
    return public


def _certificate(path: Path) -> asyncssh.SSHCertificate | None:
    try:
        return asyncssh.read_certificate(str(path))
    except (OSError, asyncssh.KeyImportError):
        return None
