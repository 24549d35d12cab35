"""Passphrases and a password, asked for before the screen starts: once per key, once in all."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import rich_click as click

from whotop.cli.prepare import Prepared
from whotop.config.ssh_config import ssh_config_files
from whotop.config.xml_settings import is_xml, xml_passwords
from whotop.errors import UsageError
from whotop.model import Target

ATTEMPTS = 3
"""As many as ssh gives (NumberOfPasswordPrompts)."""


@dataclass(frozen=True)
class Secrets:
    """What was typed. Never printed, logged, or handed to another process."""

    passphrases: Mapping[Path, str] = field(default_factory=dict, repr=False)
    """By the encrypted key's file."""
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    """By the machine's name."""


def ask_secrets(prepared: Prepared) -> Secrets:
    """Ask for what is needed and neither an agent, the environment nor a command gives.

    Where nobody can be asked, encrypted keys are done without, and the machine's row says so.
    """
    passwords = configured_passwords(prepared)
    if prepared.chosen.ask_password:
        passwords = _passwords(prepared) | passwords
    return Secrets(_passphrases(prepared) if sys.stdin.isatty() else {}, passwords)


def configured_passwords(prepared: Prepared) -> dict[str, str]:
    """Those that stand in the configuration itself: in the older collector's XML, by the machine's name."""
    if prepared.file is None or not is_xml(prepared.file):
        return {}
    return xml_passwords(prepared.file)


def _passphrases(prepared: Prepared) -> dict[Path, str]:
    from whotop.collect.passphrases import keys_needing_passphrase

    needed = keys_needing_passphrase(prepared.targets, ssh_config_files(prepared.settings.ssh_config))
    return {key: secret for key in needed if (secret := _passphrase(key))}


def keys_left_locked(prepared: Prepared, opened: Collection[Path]) -> str:
    """Which encrypted keys are new since the start, in words; '' if none: nobody is asked while the screen is shown."""
    from whotop.collect.passphrases import keys_needing_passphrase

    needed = keys_needing_passphrase(prepared.targets, ssh_config_files(prepared.settings.ssh_config))
    locked = [str(key) for key in needed if key not in opened]
    return f"no passphrase for {', '.join(locked)}: ssh-add it, or start whotop anew" if locked else ""


def _passphrase(key: Path) -> str:
    """One that opens ``key``, or nothing; asyncssh, which tries it, loads when there is something to try."""
    question = f"Passphrase for {key} (enter to do without)"
    for _ in range(ATTEMPTS):
        secret = _ask(question)
        if not secret:
            return ""
        from whotop.collect.private_keys import opens

        if opens(key, secret):
            return secret
        question = f"It does not open {key}. Passphrase (enter to do without)"
    return ""


def _passwords(prepared: Prepared) -> dict[str, str]:
    if not sys.stdin.isatty():
        others = "password_environment, password_command or password_keyring"
        raise UsageError(f"--ask-password needs a terminal (use {others})")
    password = _ask("Password for the machines")
    return {target.name: password for target in prepared.targets if password and _takes_a_typed_one(target)}


def _takes_a_typed_one(target: Target) -> bool:
    return not (target.local or target.has_password)


def _ask(question: str) -> str:
    answer: str = click.prompt(question, default="", hide_input=True, show_default=False, err=True)
    return answer
