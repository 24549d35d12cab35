"""``whotop init``: a configuration to start from, or one made from the older collector's."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("machines", nargs=-1, metavar="[MACHINE]...")
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="Write this file, instead of the user's own.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("-i", "--inventory", type=_FILE, metavar="FILE", multiple=True, help="Ansible inventory to watch.")
@click.option("--ssh-config-hosts", metavar="PATTERN", multiple=True, help="Hosts of ~/.ssh/config to watch.")
@click.option("--from-xml", type=_FILE, metavar="FILE", help="Make it from the older collector's config.xml.")
@click.option("--email", type=_FILE, metavar="FILE", help="Its email_config.json, if not beside the config.xml.")
def init(
    machines: tuple[str, ...],
    output: Path | None,
    force: bool,
    inventory: tuple[Path, ...],
    ssh_config_hosts: tuple[str, ...],
    from_xml: Path | None,
    email: Path | None,
) -> int:
    """Write a configuration to start from, with comments on what else there is.

    It watches the MACHINEs, inventories and hosts that are named; nothing is asked, and what is there
    is not written over. With --from-xml the clients, limits and mail account of the older collector
    become machines, rules and a mail server; passwords go into files of their own.
    """
    from whotop.cli.write_config import write_converted, write_starting
    from whotop.errors import UsageError

    if from_xml is None:
        if email is not None:
            raise UsageError("--email needs --from-xml")
        write_starting(machines, ssh_config_hosts, inventory, output, replace=force)
        return 0
    if machines or inventory or ssh_config_hosts:
        raise UsageError("--from-xml takes its machines from the file alone")
    write_converted(from_xml, email, output, replace=force)
    return 0
