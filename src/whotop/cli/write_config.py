"""Writes configurations and the passwords that belong to them, and says what is to be done next."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from whotop.config.decode import decode
from whotop.config.load import anchored
from whotop.config.machines import configured_machines
from whotop.config.places import config_folder
from whotop.config.rules import decode_rules
from whotop.config.settings import Settings
from whotop.config.starting import starting_text
from whotop.errors import ConfigError
from whotop.text import counted

SECRETS_FOLDER = "secrets"


def write_starting(
    machines: Sequence[str], patterns: Sequence[str], inventories: Sequence[Path], output: Path | None, *, replace: bool
) -> None:
    """Write a configuration to start from. Raises ConfigError."""
    file = _free_place(output, replace=replace)
    text = starting_text(machines, patterns, [str(path.absolute()) for path in inventories])
    count = _machines_in(text, file)
    _write({file: text})
    watched = counted(count, "machine") if count else "no machine yet, so whotop watches this one"
    print(f"{file}: {watched}")
    print(f"next: whotop check{_named(output)}")


def write_converted(xml: Path, email: Path | None, output: Path | None, *, replace: bool) -> None:
    """Make one from the older collector's. Raises ConfigError."""
    from whotop.config.conversion import converted
    from whotop.config.email_json import NAME, read_account
    from whotop.config.xml_clients import read_clients

    file = _free_place(output, replace=replace)
    beside = xml.with_name(NAME)
    email = email or (beside if beside.is_file() else None)
    account = None if email is None else read_account(email)
    folder = file.parent / SECRETS_FOLDER
    made = converted(xml, read_clients(xml), account, folder)
    _machines_in(made.text, file)
    _write({**made.secrets, file: made.text})
    sender = f"from {account.username}" if account is not None else "not set up (--email FILE)"
    print(f"{file}: {counted(made.machines, 'machine')}, {counted(made.limits, 'limit')}, mail {sender}")
    if made.secrets:
        old = " and ".join(str(path) for path in (xml, email) if path is not None)
        print(f"{folder}: {counted(len(made.secrets), 'password')}, a file each that you alone may read; delete {old}")
    print(f"next: whotop check{_named(output)} --accept-new   (records host keys, which are not known yet)")


def _free_place(output: Path | None, *, replace: bool) -> Path:
    file = (output or config_folder() / "config.toml").absolute()
    if file.exists() and not replace:
        raise ConfigError("is there already", file=str(file), mend="--force writes over it")
    return file


def _machines_in(text: str, file: Path) -> int:
    """How many machines it names. Raises ConfigError for whatever ``whotop`` would refuse in it."""
    settings = anchored(decode(tomllib.loads(text), Settings, file=str(file)), file.parent)
    decode_rules(settings.rules, file=str(file))
    return len(configured_machines(settings, str(file)))


def _write(texts: Mapping[Path, str]) -> None:
    """Write files that their owner alone may read, each whole or not at all."""
    for file, text in texts.items():
        new = file.with_name(f".{file.name}.new")
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
                opened.write(text if text.endswith("\n") else text + "\n")
            new.replace(file)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise ConfigError(f"cannot be written: {error.strerror}", file=str(file)) from None


def _named(output: Path | None) -> str:
    return f" -c {output}" if output is not None else ""
