"""Where the configuration is looked for, and how a file becomes ``Settings``.

``-c FILE`` if given, else the user's (``$XDG_CONFIG_HOME/whotop/config.toml`` or the platform's own
place), else the system's (``/etc/whotop/config.toml``). The first one found is the whole
configuration: the user's is not mixed with the system's.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from whotop.config.decode import decode
from whotop.config.notify_settings import check_notify
from whotop.config.places import SYSTEM_FILE, at_home, config_folder
from whotop.config.settings import Defaults, Settings
from whotop.config.toml_table import TooMuchError, toml_table
from whotop.config.usage_settings import check_usage
from whotop.config.xml_settings import is_xml, xml_settings
from whotop.errors import ConfigError

SIZE_MAX_BYTES = 16 << 20

SomeDefaults = TypeVar("SomeDefaults", bound=Defaults)


def find_file(named: Path | None = None) -> Path | None:
    """The configuration file that counts, or None where there is none.

    Raises ConfigError for a folder of the user's own that may not be looked into: nobody knows what it holds.
    """
    if named is not None:
        return named
    return next((file for file in (config_folder() / "config.toml", SYSTEM_FILE) if _is_there(file)), None)


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError as error:
        mend = "is HOME yours? else name a file with -c"
        raise ConfigError(f"cannot be looked for: {error.strerror}", file=str(file), mend=mend) from None


def load_settings(file: Path | None) -> Settings:
    """What ``file`` says; the defaults without one. Raises ConfigError. Paths in it come back whole."""
    if file is None:
        return anchored(Settings(), Path())
    if is_xml(file):
        settings = xml_settings(file)
        check_notify(settings.notify, str(file))
        return anchored(settings, file.parent)
    settings = decode(_toml(file), Settings, file=str(file))
    if settings.store.path and settings.store.url:
        raise ConfigError("both path and url are given", file=str(file), place="store", mend="keep one of them")
    check_notify(settings.notify, str(file))
    check_usage(settings.usage, str(file))
    return anchored(settings, file.parent)


def _toml(file: Path) -> dict[str, object]:
    text = _text(file)
    try:
        return toml_table(text)
    except tomllib.TOMLDecodeError as error:
        what, line = _toml_error(str(error), text)
        raise ConfigError(f"is no TOML: {what}", file=str(file), place=f"line {line}") from None
    except TooMuchError as error:
        raise ConfigError(str(error), file=str(file)) from None


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise ConfigError(f"is larger than {SIZE_MAX_BYTES >> 20} MiB", file=str(file))
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(bytes([10])) + 1
        raise ConfigError("is no UTF-8 text", file=str(file), place=f"line {line}") from None


def _toml_error(message: str, text: str) -> tuple[str, int]:
    """What is wrong and in which line; tomllib calls the end of the text by that name alone."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", message, re.DOTALL)
    what = match[1] if match else message.removesuffix(" (at end of document)")
    return what[:1].lower() + what[1:], int(match[2]) if match else len(text.splitlines())


def anchored(settings: Settings, folder: Path) -> Settings:
    """``settings`` with ``~`` and relative paths made whole, the latter from ``folder`` on."""

    def whole(path: str) -> str:
        return str(folder / at_home(path)) if path else ""

    def keys(table: SomeDefaults) -> SomeDefaults:
        files = table.identity_files
        return table if files is None else msgspec.structs.replace(table, identity_files=tuple(map(whole, files)))

    return msgspec.structs.replace(
        settings,
        log_file=whole(settings.log_file),
        ssh_config=whole(settings.ssh_config),
        inventory=tuple(map(whole, settings.inventory)),
        defaults=keys(settings.defaults),
        machines=tuple(entry if isinstance(entry, str) else keys(entry) for entry in settings.machines),
        store=msgspec.structs.replace(settings.store, path=whole(settings.store.path)),
        report=msgspec.structs.replace(settings.report, file=whole(settings.report.file)),
        notify=msgspec.structs.replace(
            settings.notify,
            smtp=msgspec.structs.replace(settings.notify.smtp, ca_file=whole(settings.notify.smtp.ca_file)),
        ),
        web=msgspec.structs.replace(
            settings.web,
            token_file=whole(settings.web.token_file),
            certificate=whole(settings.web.certificate),
            certificate_key=whole(settings.web.certificate_key),
        ),
    )
