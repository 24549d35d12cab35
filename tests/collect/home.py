"""A home directory with its ssh files; nothing of the real one is read."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from tests.collect.recording_sink import PATIENCE_SECONDS
from whotop.collect.settings import CollectSettings


def locked(key: asyncssh.SSHKey, passphrase: str | None) -> bytes:
    """A private key's file. One round of bcrypt where a real one has 128, of 8 ms each for every use."""
    return key.export_private_key(passphrase=passphrase, rounds=1, ignore_few_rounds=True)


@dataclass
class Home:
    """A home directory with its ssh files; nothing of the real one is read."""

    folder: Path

    @property
    def ssh(self) -> Path:
        return self.folder / ".ssh"

    def key(self, name: str = "id_ed25519", passphrase: str | None = None) -> asyncssh.SSHKey:
        key = asyncssh.generate_private_key("ssh-ed25519")
        path = self.ssh / name
        path.write_bytes(locked(key, passphrase))
        path.chmod(0o600)
        path.with_name(name + ".pub").write_bytes(key.export_public_key())
        return key

    def trust(self, *lines: str) -> None:
        (self.ssh / "known_hosts").write_text("".join(lines))

    def hash_names(self) -> None:
        """Hash the names in known_hosts, as HashKnownHosts does."""
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", self.ssh / "known_hosts"], check=True, capture_output=True)

    def config(self, text: str) -> None:
        (self.ssh / "config").write_text(text)

    @property
    def own_known_hosts(self) -> Path:
        return self.folder / "whotop" / "known_hosts"

    def settings(self, **changes: Any) -> CollectSettings:
        defaults: dict[str, Any] = {
            "own_known_hosts": self.own_known_hosts,
            "ssh_config_files": (self.ssh / "config",),
            "first_delay_seconds": 0.05,
            "slowest_delay_seconds": 0.2,
            "reach_seconds": PATIENCE_SECONDS,
            "exchange_seconds": PATIENCE_SECONDS,
        }
        return CollectSettings(**(defaults | changes))
