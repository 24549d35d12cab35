"""What can be found wrong before the screen starts, without loading what the screen has to wait for."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from whotop.cli.prepare import Prepared
from whotop.config.key_files import check_key_file
from whotop.config.places import default_store
from whotop.config.secret_place import SecretPlace
from whotop.config.ssh_config import USER_FILE, ssh_config_files
from whotop.errors import ConfigError, UsageError


def check_before_screen(prepared: Prepared) -> None:
    """Raise WhotopError for whatever of keys, passwords, report, targets, store, keys and theme cannot be used."""
    check_before_poll(prepared)
    check_notify_targets(prepared)
    _check_store(prepared)
    _check_keys_of_the_screen(prepared)
    _check_theme(prepared)


def check_before_collecting(prepared: Prepared) -> None:
    """Raise WhotopError for keys, passwords, targets or a store that cannot be used."""
    check_keys_and_passwords(prepared)
    check_notify_targets(prepared)
    _check_store(prepared)


def check_before_poll(prepared: Prepared) -> None:
    """Raise ConfigError for keys, passwords or a report that cannot be used. One reading needs no store."""
    check_keys_and_passwords(prepared)
    _check_report(prepared)
    _check_places(prepared)


def check_keys_and_passwords(prepared: Prepared) -> None:
    """Raise ConfigError for a key that cannot be read or a password that is not there."""
    for key in {key for target in prepared.targets for key in target.identity_files}:
        check_key_file(Path(key))
    _check_passwords(prepared)
    _check_ssh_config(prepared)


def check_notify_targets(prepared: Prepared) -> None:
    """Raise ConfigError for a rule that nobody knows, or a secret of ``[notify]`` that is not there."""
    table = prepared.settings.notify
    for kind, chosen in (("mail", table.mail), ("chat", table.chat)):
        for number, target in enumerate(chosen):
            _check_rules(prepared, f"notify.{kind}[{number}].rules", target.rules)
    if table.smtp.user:
        _check_secret(prepared, "notify.smtp", table.smtp.password)
    for number, chat in enumerate(table.chat):
        _check_secret(prepared, f"notify.chat[{number}]", chat.secret)


def store_place(prepared: Prepared) -> str:
    """The store's file or URL."""
    store = prepared.settings.store
    return store.url or store.path or str(default_store())


def _check_keys_of_the_screen(prepared: Prepared) -> None:
    """``[keys]`` may name an action or a key that does not exist. Loads Textual."""
    from whotop.tui.keymap import keymap

    try:
        keymap(prepared.settings.keys)
    except ConfigError as error:
        raise prepared.error(error.what, place=error.place, mend=error.mend) from None


def _check_theme(prepared: Prepared) -> None:
    from whotop.cli.theme_choice import check_theme

    try:
        check_theme(prepared.settings.theme)
    except ConfigError as error:
        raise prepared.error(error.what, place="theme", option=prepared.chosen.theme, mend=error.mend) from None


def _check_rules(prepared: Prepared, place: str, globs: Iterable[str]) -> None:
    known = sorted(prepared.rules.tables())
    for word in globs:
        if not fnmatch.filter(known, word):
            raise prepared.error(f'no rule is called "{word}"', place=place, mend="they are " + ", ".join(known))


def _check_secret(prepared: Prepared, place: str, secret: SecretPlace) -> None:
    name = secret.environment
    if name and name not in os.environ:
        mend = f"export {name} before whotop starts"
        raise prepared.error(f'"{name}" is not set', place=f"{place}.{secret.field}_environment", mend=mend)
    if secret.keyring and find_spec("keyring") is None:
        raise prepared.error(
            "the package keyring is not installed",
            place=f"{place}.{secret.field}_keyring",
            mend="pip install 'whotop[keyring]'",
        )


def _check_passwords(prepared: Prepared) -> None:
    for target in prepared.targets:
        name = target.password_environment
        if name and name not in os.environ:
            raise prepared.error(
                f'"{name}", which is to hold the password of {target.name}, is not set',
                place="password_environment",
                mend=f"export {name} before whotop starts",
            )
    _check_keyring(prepared)


def _check_keyring(prepared: Prepared) -> None:
    if any(target.password_keyring for target in prepared.targets) and find_spec("keyring") is None:
        raise prepared.error(
            "the package keyring is not installed", place="password_keyring", mend="pip install 'whotop[keyring]'"
        )


def _check_ssh_config(prepared: Prepared) -> None:
    for file in ssh_config_files(prepared.settings.ssh_config)[:1]:
        if file != USER_FILE.expanduser() and not file.is_file():
            raise prepared.error(f"there is no file {file}", place="ssh_config")


def _check_store(prepared: Prepared) -> None:
    from whotop.store.precheck import check_store  # loads sqlite3

    check_store(store_place(prepared))


def _check_places(prepared: Prepared) -> None:
    from whotop.config.geo import locate_by

    locate_by(prepared.rules.travel, prepared.file)


def _check_report(prepared: Prepared) -> None:
    if not prepared.settings.report.file:
        return
    from whotop.render.destination import check_destination

    try:
        check_destination(prepared.settings.report.file)
    except UsageError as error:
        raise prepared.error(str(error), place="report.file", option=prepared.chosen.report) from None
