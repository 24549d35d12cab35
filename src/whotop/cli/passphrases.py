"""Passphrases of encrypted keys, asked for before the screen starts, once per key."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import rich_click as click

from whotop.cli.prepare import Prepared
from whotop.config.key_files import default_key_files, is_encrypted
from whotop.config.ssh_config import identity_files
from whotop.errors import ConfigError


def ask_passphrases(prepared: Prepared) -> dict[Path, str]:
    """A passphrase for every key that needs one; none where nobody can be asked.

    Whether an agent holds a key is for ``collect`` to say. It costs 0.16 s to load, so it is asked
    only when some key is encrypted at all, which the head of the file tells.
    """
    if not sys.stdin.isatty() or not any(map(_is_encrypted, _candidates(prepared))):
        return {}
    from whotop.collect import keys_needing_passphrase

    return {
        key: click.prompt(
            f"Passphrase for {key} (enter to do without)", default="", hide_input=True, err=True, show_default=False
        )
        for key in keys_needing_passphrase(prepared.targets)
    }


def _candidates(prepared: Prepared) -> Iterator[Path]:
    """Every key that might be used; only their heads are read."""
    remote = [target for target in prepared.targets if not target.local]
    if not remote:
        return
    yield from default_key_files()
    yield from {Path(key) for target in remote for key in target.identity_files}
    ssh_config = Path(prepared.settings.ssh_config)
    if prepared.settings.ssh_config and ssh_config.is_file():
        yield from identity_files(ssh_config)


def _is_encrypted(key: Path) -> bool:
    """Keys that cannot be read are left to the machine's row: ssh_config may name what is not there."""
    try:
        return is_encrypted(key)
    except ConfigError:
        return False
