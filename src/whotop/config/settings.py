"""The configuration as it may be written: every table and every field of the TOML file.

A field named ``…_seconds`` is written without that ending and as a length of time:
``interval_seconds`` is ``interval = "5s"`` (see ``config.decode``). ``None`` means "not written".
The text under a field is what ``docs/configuration.md`` says about it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from whotop.config.durations import UNIT_SECONDS
from whotop.config.notify_settings import NotifyTable
from whotop.config.table import KeyringPlace, Line, Port, Table
from whotop.config.usage_settings import UsageTable
from whotop.config.web_settings import WebTable
from whotop.model.alert import Level

_DAY = UNIT_SECONDS["d"]

Interval = Annotated[float, Meta(ge=0.2, le=86_400)]
Kept = Annotated[float, Meta(ge=60)]
ReportFormat = Literal["text", "table", "markdown", "json", "csv", "html", "pdf"]
HostKeys = Literal["strict", "accept-new"]
ProbeStart = Literal["stdin", "upload"]


class Defaults(Table, frozen=True, kw_only=True):
    """What holds for every machine that does not say otherwise."""

    user: Line | None = None
    """Account to log in with."""
    port: Port | None = None
    """TCP port of the SSH server."""
    jump: str | None = None
    """Jump host, `[user@]host[:port]`; several by commas, the first is reached first. `""` for none."""
    tags: tuple[Line, ...] = ()
    """Tags, for `@tag` on the command line and `tag:` in filters. Those of the defaults are added."""
    identity_files: tuple[Line, ...] | None = None
    """Private keys to offer."""
    password_environment: str | None = None
    """Name of the environment variable that holds the password."""
    password_command: str | None = None
    """Command whose first line of output is the password."""
    password_keyring: KeyringPlace | None = None
    """`service/user`: under which the keyring of this computer has the password (`pip install whotop[keyring]`)."""
    sudo: bool | None = None
    """Whether the probe runs through `sudo -n`, to read what only root may. By default it does not."""
    start: ProbeStart | None = None
    """`stdin`, the default: the probe goes in through standard input, and no file is written there.
    `upload`: it is run from a private temporary folder, which it removes at once."""
    mail: str | None = None
    """Mail address that the machine's own alerts are sent to, such as `ops@example.org`. `""` for none."""


class MachineTable(Defaults, frozen=True, kw_only=True):
    """One machine, or a range of them."""

    name: Line
    """`[user@]name[:port]`; ranges such as `web-[01-40]` make as many machines."""
    host: Line | None = None
    """SSH address where it is not the name; a range of as many addresses as names."""
    interval_seconds: Interval | None = None
    """How often it is asked, if not like the others."""
    host_keys: HostKeys | None = None
    """Host key policy, if not like the others."""
    local: bool = False
    """This very machine, watched without SSH."""


class KeepTable(Table, frozen=True, kw_only=True):
    """How long the store keeps what."""

    raw_seconds: Kept = 2 * UNIT_SECONDS["h"]
    """Samples as they came."""
    minute_seconds: Kept = 14 * _DAY
    """Samples condensed to minutes."""
    hour_seconds: Kept = 2 * UNIT_SECONDS["y"]
    """Samples condensed to hours."""
    events_seconds: Kept = 400 * _DAY
    """Events, ended sessions and resolved alerts."""


class StoreTable(Table, frozen=True, kw_only=True):
    """Where what happened is kept."""

    path: str = ""
    """SQLite file; by default `whotop.db` in the platform's data directory."""
    url: str = ""
    """The same as a URL, instead of `path`: `sqlite:///…`; this version knows no other database."""
    keep: KeepTable = KeepTable()
    """How long the store keeps what."""


class ReportTable(Table, frozen=True, kw_only=True):
    """The snapshot report left on exit."""

    file: str = ""
    """File to write it to; its ending names the format: .txt, .table, .md, .json, .csv, .html, .pdf."""
    format: ReportFormat | None = None
    """Format of snapshots and of reports left without a `file`; else that of `file`, or text."""
    on_exit: bool = True
    """Whether a report is left at all; `--no-report` says no for once."""
    usage: bool = False
    """Whether it says how many people used the machines in the last weeks, as far as the store knows."""


class AlertsTable(Table, frozen=True, kw_only=True):
    """Whether the terminal calls when an alert opens; what alerts there are is set in `[rules]`."""

    bell: bool = False
    """Whether the terminal's bell rings. `B` on the screen switches it on and off."""
    flash: bool = False
    """Whether the first line of the screen is reversed for a moment."""
    level: Level = Level.WARN
    """The lowest level that rings or flashes: `info`, `warn` or `high`."""


class Settings(Table, frozen=True, kw_only=True):
    """The whole file."""

    interval_seconds: Interval = 5.0
    """How often machines are asked."""
    theme: str = ""
    """Colour theme; empty: the screen's own default. `t` on the screen shows them all."""
    time_zone: str = ""
    """Time zone for all times shown, such as `Europe/Berlin`; empty: this computer's."""
    host_keys: HostKeys = "strict"
    """`strict`: unknown host keys are refused. `accept-new`: they are recorded in whotop's own
    known_hosts. A key that has changed is always refused."""
    log_file: str = ""
    """File that takes what whotop and its libraries have to say; empty: none."""
    ssh_config: str = "~/.ssh/config"
    """OpenSSH client configuration that is honoured; `""` for none."""
    ssh_config_hosts: tuple[Line, ...] = ()
    """Patterns: the hosts of `ssh_config` that are watched as well."""
    inventory: tuple[Line, ...] = ()
    """Ansible inventories (INI or YAML) whose hosts are watched as well."""
    defaults: Defaults = Defaults()
    """What holds for every machine that does not say otherwise."""
    machines: tuple[str | MachineTable, ...] = ()
    """The machines: `[[machines]]` tables, or a list of expressions."""
    groups: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    """Tag = names or globs of the machines that carry it, wherever they come from."""
    store: StoreTable = StoreTable()
    """Where what happened is kept."""
    report: ReportTable = ReportTable()
    """The snapshot report left on exit."""
    alerts: AlertsTable = AlertsTable()
    """Whether the terminal calls when an alert opens."""
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Action = key or keys, for keys other than the usual ones (see keys.md)."""
    notify: NotifyTable = NotifyTable()
    """Who is told of alerts."""
    web: WebTable = WebTable()
    """The HTTP API and the page of usage."""
    usage: UsageTable = UsageTable()
    """How much the machines are used."""
    rules: dict[str, object] = field(default_factory=dict)
    """One table for each rule: see rules.md."""
