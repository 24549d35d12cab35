"""From options and words to settings and machines: what every command that reaches machines does first.

Pure enough to be called again: on SIGHUP the same options and words are read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from whotop.cli.options import ConfigOptions
from whotop.config.lines import with_line
from whotop.config.load import find_file, load_settings
from whotop.config.machines import configured_machines
from whotop.config.rules import decode_rules
from whotop.config.select import select_machines
from whotop.config.settings import Settings
from whotop.config.zones import zone_named
from whotop.core.rules.settings import RuleSettings
from whotop.errors import ConfigError
from whotop.model import Target


@dataclass(frozen=True)
class Prepared:
    """What is to be done, nothing of it begun."""

    settings: Settings
    targets: tuple[Target, ...]
    file: Path | None
    """The configuration file that counted."""
    zone: tzinfo
    """The viewer's."""
    rules: RuleSettings
    chosen: ConfigOptions
    """What the command line said, where it matters who said something."""

    def error(self, what: str, *, place: str, option: object = None, mend: str = "") -> ConfigError:
        """An error that names the command line's ``option`` where it was given, else the ``place`` in the file."""
        if option is not None:
            return ConfigError(what, place=f"--{place.partition('.')[0]}".replace("_", "-"), mend=mend)
        return ConfigError(what, file=str(self.file or ""), place=place, mend=mend)


def prepare(words: Sequence[str], chosen: ConfigOptions) -> Prepared:
    """Read the configuration and find the machines. Raises UsageError and ConfigError."""
    file = find_file(chosen.config)
    try:
        settings = chosen.applied_to(load_settings(file))
        machines = configured_machines(settings, str(file or ""))
        zone = _zone(settings, file, chosen)
        rules = decode_rules(settings.rules, file=str(file or ""))
    except ConfigError as error:
        raise with_line(error) from None
    targets = select_machines(words, machines, settings)
    return Prepared(settings, targets, file, zone, rules, chosen)


def _zone(settings: Settings, file: Path | None, chosen: ConfigOptions) -> tzinfo:
    try:
        return zone_named(settings.time_zone)
    except ValueError as error:
        if chosen.time_zone is not None:
            raise ConfigError(str(error), place="--time-zone") from None
        raise ConfigError(str(error), file=str(file or ""), place="time_zone") from None
