"""The options that say what is watched and how: shared by the commands that reach machines."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click

from whotop.config.places import at_home
from whotop.config.settings import ReportTable, Settings


@dataclasses.dataclass(frozen=True)
class ConfigOptions:
    """What the command line says about the configuration; it wins over the file."""

    config: Path | None = None
    inventory: tuple[Path, ...] = ()
    ssh_config_hosts: tuple[str, ...] = ()
    interval: float | None = None
    accept_new: bool = False
    ask_password: bool = False
    store: str | None = None
    time_zone: str | None = None
    log_file: Path | None = None
    verbose: bool = False
    theme: str | None = None
    report: str | None = None
    no_report: bool = False
    usage: bool = False

    def applied_to(self, settings: Settings) -> Settings:
        """``settings`` with what was said here."""
        said: dict[str, object] = {
            "interval_seconds": self.interval,
            "host_keys": "accept-new" if self.accept_new else None,
            "time_zone": self.time_zone,
            "log_file": str(self.log_file) if self.log_file else None,
            "inventory": (*settings.inventory, *map(str, self.inventory)),
            "ssh_config_hosts": (*settings.ssh_config_hosts, *self.ssh_config_hosts),
            "store": self._store(settings),
            "theme": self.theme,
            "report": self._report(settings),
        }
        return msgspec.structs.replace(settings, **{name: value for name, value in said.items() if value is not None})

    def _store(self, settings: Settings) -> object:
        if self.store is None:
            return None
        named = {"path": "", "url": self.store} if "://" in self.store else {"path": self.store, "url": ""}
        return msgspec.structs.replace(settings.store, **named)

    def _report(self, settings: Settings) -> ReportTable:
        table = settings.report
        if self.report is not None:
            table = msgspec.structs.replace(table, file=str(at_home(self.report)), on_exit=True)
        if self.usage:
            table = msgspec.structs.replace(table, usage=True)
        return msgspec.structs.replace(table, on_exit=False) if self.no_report else table


def interval_seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """A callback: the length of time that ``text`` says; a bare number means seconds, as with ``watch -n``."""
    if text is None:
        return None
    from whotop.config.durations import parse_duration

    try:
        seconds = parse_duration(f"{text}s" if text.replace(".", "", 1).isdecimal() else text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not 0.2 <= seconds <= 86_400:
        raise click.BadParameter(f'"{text}": between 0.2s and 1d')
    return seconds


def duration_seconds(_context: click.Context, _option: click.Parameter, text: str) -> float:
    """A callback: the length of time that ``text`` says."""
    from whotop.config.durations import parse_duration

    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if seconds < 1:
        raise click.BadParameter(f'"{text}": at least 1s')
    return seconds


_FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option("-c", "--config", type=_FILE, metavar="FILE", help="Configuration file, instead of the user's own."),
    click.option(
        "-i", "--inventory", type=_FILE, metavar="FILE", multiple=True, help="Ansible inventory, INI or YAML."
    ),
    click.option(
        "--ssh-config-hosts", metavar="PATTERN", multiple=True, help="Hosts of ~/.ssh/config to watch, such as 'web*'."
    ),
    click.option("--accept-new", is_flag=True, help="Record unknown host keys in whotop's own known_hosts."),
    click.option("-k", "--ask-password", is_flag=True, help="Ask for one password, for machines that take no key."),
    click.option("--time-zone", metavar="ZONE", help="Time zone for all times shown, such as Europe/Berlin."),
    click.option("--log-file", type=_FILE, metavar="FILE", help="File that takes what whotop and libraries say."),
    click.option("-v", "--verbose", is_flag=True, help="Say more in the log file."),
)


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the shared options, as one argument named ``chosen``.

    What else of ``ConfigOptions`` a command offers above this line is gathered too.
    """
    names = [field.name for field in dataclasses.fields(ConfigOptions)]

    @functools.wraps(command)
    def gathered(**parameters: Any) -> Any:
        chosen = ConfigOptions(**{name: parameters.pop(name) for name in names if name in parameters})
        return command(chosen=chosen, **parameters)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered
