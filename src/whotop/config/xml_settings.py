"""The older collector's configuration used as it is: ``whotop -c config.xml``.

Clients are machines named by their ``ip`` (and port, where that is not 22), their limits are scopes of the
rules ``cpu`` and ``memory`` that tell at the first reading over the limit, as the older program did. The mail
account is that of the ``email_config.json`` beside the file, if there is one. Passwords never enter
``Settings``: ``xml_passwords`` gives them to whoever logs in.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from whotop.config.notify_settings import NotifyTable
from whotop.config.settings import MachineTable, Settings

if TYPE_CHECKING:
    from whotop.config.xml_clients import Client


def is_xml(file: Path) -> bool:
    """Whether a configuration is such a file, by its name."""
    return file.suffix.lower() == ".xml"


def xml_settings(file: Path) -> Settings:
    """What ``file`` says, and the mail account beside it. Raises ConfigError."""
    from whotop.config.email_json import NAME, read_account, smtp_of
    from whotop.config.xml_clients import read_clients  # XML parsers: 20 ms that most need not pay

    clients = read_clients(file)
    account_file = file.with_name(NAME)
    notify = NotifyTable(smtp=smtp_of(read_account(account_file))) if account_file.is_file() else NotifyTable()
    machines = tuple(map(machine_of, clients))
    return Settings(machines=machines, rules=dict(rules_of(clients)), notify=notify)


def xml_passwords(file: Path) -> dict[str, str]:
    """The password of each machine that has one, by its name. Raises ConfigError."""
    from whotop.config.xml_clients import read_clients

    return {name_of(client): client.password for client in read_clients(file) if client.password}


def machine_of(client: Client) -> MachineTable:
    """The machine that a client is, without its password."""
    return MachineTable(
        name=name_of(client),
        user=client.username or None,
        port=client.port or None,
        mail=client.mail or None,
    )


def name_of(client: Client) -> str:
    """What its machine is called: where the port is not the usual one, two of them may have one address."""
    if client.port in (0, 22):
        return client.ip
    return f"[{client.ip}]:{client.port}" if ":" in client.ip else f"{client.ip}:{client.port}"


def rules_of(clients: Iterable[Client]) -> dict[str, dict[str, list[dict[str, object]]]]:
    """``[rules]`` with a scope for every limit, and the machines that have it."""
    machines: dict[tuple[str, float], list[str]] = {}
    for client in clients:
        for kind, percent in client.limits.items():
            machines.setdefault((kind, percent), []).append(glob.escape(name_of(client)))
    rules: dict[str, dict[str, list[dict[str, object]]]] = {}
    for (kind, percent), names in machines.items():
        scope: dict[str, object] = {"machines": names, "percent": percent, "for": "0s"}
        rules.setdefault(kind, {"scopes": []})["scopes"].append(scope)
    return rules
