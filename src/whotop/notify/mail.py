"""The mail route: one connection to the mail server carries all that waits, each to its own recipient."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from whotop.config.notify_settings import USUAL_PORTS, SmtpTable
from whotop.config.secret_source import secret_of
from whotop.errors import SecretError
from whotop.model.delivery import Channel, Delivery
from whotop.notify.letter import letter
from whotop.notify.mail_errors import ServerError, in_words, is_final
from whotop.notify.route import Outcome

if TYPE_CHECKING:
    from aiosmtplib import SMTP

QUIT_SECONDS = 2.0


class MailRoute:
    """Sends by SMTP: STARTTLS or TLS, the certificate checked, and a login where one is configured."""

    channel = Channel.MAIL
    target = ""

    def __init__(self, smtp: SmtpTable) -> None:
        self._smtp = smtp
        self._password: str | None = None

    async def send(self, deliveries: Sequence[Delivery]) -> AsyncGenerator[Outcome, None]:
        """Try each once. Where the server cannot be used, all of them wait for it."""
        try:
            server = await self._connected()
        except (OSError, ServerError, SecretError) as error:
            for delivery in deliveries:
                yield Outcome(delivery=delivery, error=str(error))
            return
        try:
            for delivery in deliveries:
                yield await self._sent(server, delivery)
        finally:
            await _leave(server)

    async def _connected(self) -> SMTP:
        """A server that is ready for mail. Raises ServerError and SecretError."""
        from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException  # 0.1 s, for who sends mail

        smtp = self._smtp
        server = SMTP(
            hostname=smtp.host,
            port=self._port,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
            tls_context=None if smtp.security == "none" else await asyncio.to_thread(self._tls_context),
            timeout=smtp.timeout_seconds,
        )
        try:
            await server.connect()
            if smtp.user:
                await server.login(smtp.user, await self._secret())
        except (SMTPException, ssl.SSLError, OSError) as error:
            if isinstance(error, SMTPAuthenticationError):
                self._password = None  # Whoever is asked for it may know a newer one.
            server.close()
            raise ServerError(in_words(error, self._name, smtp)) from None
        except BaseException:
            server.close()
            raise
        return server

    async def _sent(self, server: SMTP, delivery: Delivery) -> Outcome:
        from aiosmtplib import SMTPException

        message = letter(delivery, self._smtp.from_address)
        try:
            await server.send_message(message, sender=self._smtp.from_address, recipients=[delivery.target])
        except (SMTPException, OSError, ValueError) as error:
            what = in_words(error, self._name, self._smtp)
            return Outcome(delivery=delivery, error=what, is_final=is_final(error))
        return Outcome(delivery=delivery)

    async def _secret(self) -> str:
        if self._password is None:
            self._password = await secret_of(self._smtp.password) or ""
        return self._password

    def _tls_context(self) -> ssl.SSLContext:
        """Raises ServerError where the certificates of the configuration cannot be read."""
        try:
            return ssl.create_default_context(cafile=self._smtp.ca_file or None)
        except OSError as error:  # ssl.SSLError is one
            raise ServerError(f"{self._smtp.ca_file}: {error.strerror or error}") from None

    @property
    def _port(self) -> int:
        return self._smtp.port or USUAL_PORTS[self._smtp.security]

    @property
    def _name(self) -> str:
        return f"{self._smtp.host}:{self._port}"


async def _leave(server: SMTP) -> None:
    """Say goodbye where the server listens; hang up anyway."""
    from aiosmtplib import SMTPException

    with contextlib.suppress(SMTPException, OSError):
        if server.is_connected:
            await server.quit(timeout=QUIT_SECONDS)
    server.close()
