"""The ``[notify]`` table: who is told of alerts, by mail and by chat, and what is wrong with how that is written."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Annotated, Literal

from msgspec import Meta

from whotop.config.durations import UNIT_SECONDS
from whotop.config.mail_address import checked_mail_address
from whotop.config.secret_place import SecretPlace
from whotop.config.table import KeyringPlace, Line, Port, Table
from whotop.errors import ConfigError

AlertLevel = Literal["info", "warn", "high"]
Security = Literal["starttls", "tls", "none"]
USUAL_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
"""RFC 6409 and RFC 8314 for submission, RFC 5321 for the rest."""
THIS_COMPUTER = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpTable(Table, frozen=True, kw_only=True):
    """The mail server that takes what whotop sends."""

    host: str = ""
    """Mail server. Its certificate must be good for this name."""
    port: Port | None = None
    """TCP port; by default 587 with `starttls`, 465 with `tls`, 25 with `none`."""
    security: Security = "starttls"
    """`starttls` or `tls`: nothing is sent without, and the certificate is checked. `none`: mail travels readable."""
    user: str = ""
    """Account to log in with; empty: no login."""
    password_environment: str = ""
    """Name of the environment variable that holds its password."""
    password_command: str = ""
    """Command whose first line of output is its password."""
    password_keyring: KeyringPlace | None = None
    """`service/user`: under which the keyring of this computer has it (`pip install whotop[keyring]`)."""
    sender: str = ""
    """Address that mail comes from; by default `user` where that is an address."""
    ca_file: str = ""
    """Certificates (PEM) that the server's is checked against, instead of this computer's."""
    timeout_seconds: Annotated[float, Meta(ge=1, le=600)] = 30.0
    """How long the server may take for each of its answers."""

    @property
    def password(self) -> SecretPlace:
        """Where the password is."""
        return SecretPlace(self.password_environment, self.password_command, self.password_keyring or "")

    @property
    def from_address(self) -> str:
        """The address that mail comes from."""
        return self.sender or self.user


class Chosen(Table, frozen=True, kw_only=True):
    """Which alerts a target is told of."""

    level: AlertLevel = "warn"
    """From which level on: `info`, `warn` or `high`."""
    rules: tuple[Line, ...] = ()
    """Names or globs of the rules; empty: all."""
    machines: tuple[Line, ...] = ()
    """Names, globs or `@tags` of the machines; empty: all, and alerts of the whole fleet."""


class MailTable(Chosen, frozen=True, kw_only=True):
    """Somebody who gets mail."""

    to: tuple[Line, ...]
    """Mail addresses."""
    security_events: bool = True
    """Whether the security events of Windows machines that have no `mail` of their own are sent here."""


class ChatTable(Chosen, frozen=True, kw_only=True):
    """A chat, a pager or a webhook, by apprise. Its URL is a secret."""

    name: Line
    """What whotop calls it."""
    url: str = ""
    """Its URL as apprise writes it (`slack://…`, `tgram://…`, `ntfy://…`, `json://…`); then let nobody else
    read this file."""
    url_environment: str = ""
    """Name of the environment variable that holds the URL."""
    url_command: str = ""
    """Command whose first line of output is the URL."""
    url_keyring: KeyringPlace | None = None
    """`service/user`: under which the keyring of this computer has the URL."""
    timeout_seconds: Annotated[float, Meta(ge=1, le=600)] = 30.0
    """How long one message may take."""

    @property
    def secret(self) -> SecretPlace:
        """Where the URL is, if it is not here."""
        return SecretPlace(self.url_environment, self.url_command, self.url_keyring or "", "url")


class NotifyTable(Table, frozen=True, kw_only=True):
    """Who is told of alerts."""

    smtp: SmtpTable = SmtpTable()
    """The mail server."""
    mail: tuple[MailTable, ...] = ()
    """Who gets mail, beside the machines' own addresses."""
    chat: tuple[ChatTable, ...] = ()
    """Chats, pagers and webhooks (`pip install whotop[chat]`)."""
    own_level: AlertLevel = "warn"
    """From which level on an alert is mailed to its machine's own address (`mail` of the machine)."""
    remind_seconds: Annotated[float, Meta(ge=60)] | None = None
    """How often an alert that still stands and that nobody has acknowledged is told again; without it never."""
    digest_from: Annotated[int, Meta(ge=2, le=1_000)] = 6
    """From how many messages to one target within `digest_within` they go as one."""
    digest_within_seconds: Annotated[float, Meta(ge=1, le=86_400)] = 60.0
    """See `digest_from`."""
    event_log_interval_seconds: Annotated[float, Meta(ge=60, le=604_800)] = UNIT_SECONDS["h"]
    """How often the security events of a Windows machine are mailed; `collect --once` mails them on every run."""
    try_for_seconds: Annotated[float, Meta(ge=60)] = 5 * UNIT_SECONDS["d"]
    """How long a message that cannot be sent is tried before it is given up."""


def check_notify(table: NotifyTable, file: str) -> None:
    """Raise ConfigError for what the fields one by one cannot show."""
    for place, what, mend in _faults(table):
        raise ConfigError(what, file=file, place=f"notify.{place}", mend=mend)


def _faults(table: NotifyTable) -> Iterator[tuple[str, str, str]]:
    yield from _faults_of_smtp(table.smtp)
    for number, mail in enumerate(table.mail):
        yield from _bad_addresses(f"mail[{number}].to", mail.to)
        if not table.smtp.host:
            yield f"mail[{number}]", "there is no mail server", "name it in [notify.smtp]"
    names = [chat.name for chat in table.chat]
    for number, chat in enumerate(table.chat):
        place = f"chat[{number}]"
        if chat.name in names[:number]:
            yield f"{place}.name", f'two chats are called "{chat.name}"', ""
        if bool(chat.url) + bool(chat.secret) != 1:
            yield place, "where is its URL?", "one of url, url_environment, url_command and url_keyring"
        if find_spec("apprise") is None:
            yield place, "the package apprise is not installed", "pip install 'whotop[chat]'"


def _faults_of_smtp(smtp: SmtpTable) -> Iterator[tuple[str, str, str]]:
    if not smtp.host:
        if smtp != SmtpTable():
            yield "smtp", '"host" is missing', ""
        return
    if any(character.isspace() or character == "/" for character in smtp.host):
        yield "smtp.host", f"{smtp.host[:80]!r} is no host", "its name alone"
    if not smtp.sender and "@" not in smtp.user:
        yield "smtp", '"sender" is missing', "the address that mail comes from"
    yield from _bad_addresses("smtp.sender" if smtp.sender else "smtp.user", (smtp.from_address,))
    if bool(smtp.user) != bool(smtp.password):
        yield "smtp", "user and password belong together", "user with password_environment, _command or _keyring"
    if smtp.user and smtp.security == "none" and smtp.host not in THIS_COMPUTER:
        yield "smtp.security", "the password would travel readable", 'security = "starttls" or "tls"'


def _bad_addresses(place: str, addresses: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for number, address in enumerate(addresses):
        try:
            checked_mail_address(address)
        except ValueError as error:
            yield f"{place}[{number}]" if len(addresses) > 1 else place, str(error), ""
