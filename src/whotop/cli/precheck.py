"""What can be found wrong before the screen starts, without loading what the screen has to wait for."""

from __future__ import annotations

import os
from pathlib import Path

from whotop.cli.prepare import Prepared
from whotop.config.key_files import check_key_file
from whotop.config.places import default_store
from whotop.config.ssh_config import USER_FILE, ssh_config_files
from whotop.errors import ConfigError


def check_before_start(prepared: Prepared) -> None:
    """Raise WhotopError for keys, passwords, a store or a report that cannot be used."""
    check_keys_and_passwords(prepared)
    _check_store(prepared)
    _check_report(prepared)


def check_keys_and_passwords(prepared: Prepared) -> None:
    """Raise ConfigError for a key that cannot be read or a password that is not there."""
    for key in {key for target in prepared.targets for key in target.identity_files}:
        check_key_file(Path(key))
    _check_passwords(prepared)
    _check_ssh_config(prepared)


def check_keys_of_the_screen(prepared: Prepared) -> None:
    """Raise ConfigError where ``[keys]`` names an action or a key that does not exist. Loads Textual."""
    from whotop.tui.keymap import keymap

    try:
        keymap(prepared.settings.keys)
    except ConfigError as error:
        raise ConfigError(error.what, file=str(prepared.file or ""), place=error.place, mend=error.mend) from None


def store_place(prepared: Prepared) -> str:
    """The store's file or URL."""
    store = prepared.settings.store
    return store.url or store.path or str(default_store())


def _check_passwords(prepared: Prepared) -> None:
    for target in prepared.targets:
        name = target.password_environment
        if name and name not in os.environ:
            raise ConfigError(
                f'"{name}", which is to hold the password of {target.name}, is not set',
                file=str(prepared.file or ""),
                place="password_environment",
                mend=f"export {name} before whotop starts",
            )


def _check_ssh_config(prepared: Prepared) -> None:
    for file in ssh_config_files(prepared.settings.ssh_config)[:1]:
        if file != USER_FILE.expanduser() and not file.is_file():
            raise ConfigError(f"there is no file {file}", file=str(prepared.file or ""), place="ssh_config")


def _check_store(prepared: Prepared) -> None:
    from whotop.store.precheck import check_store  # loads sqlite3

    check_store(store_place(prepared))


def _check_report(prepared: Prepared) -> None:
    report = prepared.settings.report
    if not report.file:
        return
    from whotop.render.formats import format_of

    folder = Path(report.file).absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(
            f"{folder} cannot be written to",
            file=str(prepared.file or ""),
            place="report.file",
            mend="name another file, or make the folder",
        )
    format_of(report.file)
