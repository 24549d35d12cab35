"""The older collector's configuration made into whotop's own: a TOML text, and its passwords apart from it.

Each password goes into a file of its own that only its owner may read, and ``password_command`` prints it:
that works at once, and any other program that prints a password can take its place.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from whotop.config.email_json import HOST, Account
from whotop.config.toml_text import toml_table
from whotop.config.xml_clients import Client
from whotop.config.xml_settings import name_of, rules_of
from whotop.errors import ConfigError

MAIL = "mail"
"""What the file of the mail account's password is called."""

_BEFORE = """\
# Made from {file} by "whotop init --from-xml". What each field means: docs/configuration.md.
# No password stands here: password_command prints it from a file that only its owner may read.
# Better still: SSH keys, or another program that prints it ("pass show …", "systemd-creds cat …").
"""


@dataclass(slots=True)
class Conversion:
    """What is to be written."""

    text: str
    """The configuration."""
    machines: int
    limits: int
    secrets: dict[Path, str] = field(default_factory=dict, repr=False)
    """A password by the file that it goes to."""


def converted(file: Path, clients: Sequence[Client], account: Account | None, folder: Path) -> Conversion:
    """The clients of ``file``, with passwords in ``folder``. Raises ConfigError."""
    secrets: dict[Path, str] = {}

    def command_for(name: str, password: str) -> str:
        """What prints the password, which goes to a file named after ``name``."""
        path = _free(folder / re.sub(r"[^\w.\-]", "_", name), secrets)
        secrets[path] = password
        return f"cat {shlex.quote(str(path))}"

    parts = [_BEFORE.format(file=file.name)]
    for client in clients:
        if "\n" in client.password:
            raise ConfigError("a password has a line break", file=str(file), place=f"line {client.line}")
        command = command_for(name_of(client), client.password) if client.password else ""
        parts.append(_machine(client, command))
    parts += _rules(clients)
    if account is not None:
        command = command_for(MAIL, account.password)
        fields = (("host", HOST), ("user", account.username), ("password_command", command))
        parts.append(toml_table("[notify.smtp]", fields))
    limits = sum(len(client.limits) for client in clients)
    return Conversion("\n".join(parts), len(clients), limits, secrets)


def _machine(client: Client, command: str) -> str:
    fields = (
        ("name", name_of(client)),
        ("user", client.username),
        ("port", client.port or None),
        ("mail", client.mail),
        ("password_command", command),
    )
    return toml_table("[[machines]]", fields)


def _rules(clients: Sequence[Client]) -> Iterator[str]:
    """Limits as scopes: ``for = "0s"`` tells at the first reading over the limit."""
    for rule, table in rules_of(clients).items():
        for scope in table["scopes"]:
            yield toml_table(f"[[rules.{rule}.scopes]]", scope.items())


def _free(path: Path, taken: dict[Path, str]) -> Path:
    """``path``, or one beside it where two names are one as files."""
    number = 1
    free = path
    while free in taken:
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
