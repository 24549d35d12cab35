"""An inventory file: which of Ansible's two notations it is in, and its hosts."""

from __future__ import annotations

from pathlib import Path

from whotop.config.inventory import InventoryHost, LineError
from whotop.errors import ConfigError

SIZE_MAX_BYTES = 16 << 20
YAML_ENDINGS = frozenset({".yml", ".yaml", ".json"})


def read_inventory(file: Path) -> list[InventoryHost]:
    """The hosts of ``file``: YAML by its ending, else INI. Raises ConfigError. Nothing is ever run."""
    text = _text(file)
    try:
        if file.suffix.lower() in YAML_ENDINGS:
            from whotop.config.inventory_yaml import read_yaml  # PyYAML takes 30 ms to load

            inventory = read_yaml(text)
        else:
            from whotop.config.inventory_ini import read_ini

            inventory = read_ini(text)
        return list(inventory.hosts())
    except LineError as error:
        place = f"line {error.line}" if error.line else ""
        raise ConfigError(str(error), file=str(file), place=place) from None
    except ValueError as error:
        raise ConfigError(str(error), file=str(file)) from None


def _text(file: Path) -> str:
    try:
        if file.is_dir():
            raise ConfigError("is a folder", file=str(file), mend="name the inventory files in it")
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise ConfigError(f"is larger than {SIZE_MAX_BYTES >> 20} MiB", file=str(file))
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from None
    except UnicodeDecodeError:
        raise ConfigError("is no UTF-8 text", file=str(file)) from None
    if text.startswith("#!"):
        raise ConfigError("is a program", file=str(file), mend="write its output to a file; whotop runs no inventory")
    return text
