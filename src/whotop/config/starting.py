"""A configuration to start from: what was asked for, and as comments what else there is."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.config.toml_text import toml_value

_TEXT = """\
# The configuration of whotop. Everything here may be left out; docs/configuration.md has all that can be said.
# Try it:  whotop check    then:  whotop

interval = "5s"                     # how often machines are asked
# time_zone = "Europe/Berlin"       # of all times shown; by default this computer's
# host_keys = "accept-new"          # record unknown host keys; by default they are refused

# Machines: names of ~/.ssh/config, addresses, ranges.
{machines}

# Hosts of ~/.ssh/config, by pattern, and Ansible inventories.
{patterns}
{inventories}

# [defaults]                        # for every machine that does not say otherwise
# user = "ops"
# identity_files = ["~/.ssh/id_ed25519"]
# jump = "bastion.example.com"
# mail = "ops@example.com"          # whom to mail alerts of a machine

# [[machines]]                      # a machine, or a range of them, with more to say (then no list above)
# name = "db-[1-3]"
# host = "10.0.2.[1-3]"
# tags = ["db"]
# sudo = true                       # read what only root may

# [rules.cpu]                       # alerts: "whotop rules" lists them all
# percent = 95
# for = "10m"

# [[rules.cpu.scopes]]              # set differently somewhere
# machines = ["@db"]
# percent = 80

# [notify.smtp]                     # mail: "whotop notify test" sends a sample
# host = "smtp.example.com"
# user = "alerts@example.com"
# password_environment = "WHOTOP_MAIL_PASSWORD"

# [[notify.mail]]
# to = ["ops@example.com"]

# [store]
# path = "/var/lib/whotop/whotop.db"
"""


def starting_text(machines: Sequence[str], patterns: Sequence[str], inventories: Sequence[str]) -> str:
    """The text, with these machines, patterns of ssh_config and inventories."""
    return _TEXT.format(
        machines=_line("machines", machines, ["web-01", "ops@10.0.0.9:2222"]),
        patterns=_line("ssh_config_hosts", patterns, ["web*", "db-?"]),
        inventories=_line("inventory", inventories, ["/etc/ansible/hosts"]),
    )


def _line(name: str, values: Sequence[str], example: Sequence[str]) -> str:
    return f"{name} = {toml_value(values)}" if values else f"# {name} = {toml_value(example)}"
