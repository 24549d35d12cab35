"""The older collector's ``email_config.json``: the account that its mail is sent with.

    {"email_configurations": {"username": "alerts@example.org", "password": "…"}}

The server stood in its program: smtp.zoho.com, port 587, STARTTLS.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from whotop.config.mail_address import checked_mail_address
from whotop.config.notify_settings import SmtpTable
from whotop.config.secret_place import SecretPlace
from whotop.errors import ConfigError

NAME = "email_config.json"
HOST = "smtp.zoho.com"
SIZE_MAX_BYTES = 65_536


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sends."""

    username: str
    password: str

    def __repr__(self) -> str:
        """Without the password."""
        return f"Account({self.username!r})"


class _File(msgspec.Struct, frozen=True):
    email_configurations: Account


class GivenSmtp(SmtpTable, frozen=True, kw_only=True):
    """A mail server whose password is in hand, and nowhere that a configuration could name."""

    account: Account

    @property
    def password(self) -> SecretPlace:
        """It needs no asking."""
        return SecretPlace(given=self.account.password)


def read_account(file: Path) -> Account:
    """The account in ``file``. Raises ConfigError."""
    try:
        with file.open("rb") as opened:
            data = opened.read(SIZE_MAX_BYTES + 1)
        account = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_File).email_configurations
        checked_mail_address(account.username)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from None
    except (ValueError, RecursionError) as error:  # msgspec's errors and those of an address
        raise ConfigError(
            str(error), file=str(file), mend='{"email_configurations": {"username", "password"}}'
        ) from None
    return account


def smtp_of(account: Account) -> GivenSmtp:
    """The server of the older collector, with this account."""
    return GivenSmtp(host=HOST, user=account.username, account=account)
