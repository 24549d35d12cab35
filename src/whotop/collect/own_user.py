"""The account that whotop itself runs under. In a container it may have a number and no name."""

from __future__ import annotations

import getpass
import os

from whotop.errors import UnreachableError


def own_user() -> str:
    """Its name, or its number where this computer has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return str(os.getuid())


def name_own_user() -> None:
    """Give an account without a name its number for one: asyncssh connects to nobody without."""
    if (name := own_user()).isdecimal():
        os.environ["LOGNAME"] = name


def user_to_log_in_as() -> str:
    """Its name, where a machine names no other. Raises UnreachableError where it has none."""
    name = own_user()
    if name.isdecimal():
        raise UnreachableError(f"no user to log in as: this computer has no name for user {name} (write user@machine)")
    return name
