"""A real mail server on loopback: STARTTLS or TLS with a certificate of its own, AUTH, refusals, silence."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "whotop@example.org", "sesame"


@dataclass
class MailServer:
    """What was delivered, and how the server behaves."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Recipients that are answered with 550."""
    busy: bool = False
    """Whether messages are answered with 451."""
    silent: bool = False
    """Whether messages get no answer."""
    mute: bool = False
    """Whether nothing at all is ever said."""
    protocols: list[SMTP] = field(default_factory=list)

    @property
    def connections(self) -> int:
        """How many there were."""
        return len(self.protocols)

    def hang_up(self) -> None:
        """End every connection."""
        for protocol in self.protocols:
            for transport in (protocol.transport, protocol._original_transport):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()

    def subjects(self) -> list[str]:
        """Of all mails, in the order in which they came."""
        return [str(mail["Subject"]) for mail in self.mails]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.silent:
            await asyncio.Event().wait()
        if self.busy:
            return "451 4.3.0 come back later"
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


class Mute(asyncio.Protocol):
    """Accepts connections and says nothing, until the other end goes."""


def authenticator(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
    """Takes one user. An answer that is not ``handled`` is sent by aiosmtpd itself."""
    return AuthResult(success=data.login == USER.encode() and data.password == PASSWORD.encode(), handled=False)


async def start(server: MailServer, context: ssl.SSLContext | None, *, implicit_tls: bool = False) -> asyncio.Server:
    """Listen on ``server.port``, or on one that is free."""

    def protocol() -> asyncio.Protocol:
        if server.mute:
            return Mute()
        one = SMTP(
            server,
            hostname="mail.test",
            tls_context=None if implicit_tls else context,
            require_starttls=context is not None and not implicit_tls,
            authenticator=authenticator if context else None,
            auth_required=context is not None and not implicit_tls,  # It takes STARTTLS alone for encrypted.
            auth_require_tls=not implicit_tls,
        )
        server.protocols.append(one)
        return one

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(protocol, "127.0.0.1", server.port, ssl=context if implicit_tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    return listening


class Authority:
    """A certificate authority, whose own certificate is in ``file``."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, generate_private_key(SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.file = folder / "ca.pem"
        self.file.write_bytes(self._certificate(self._name, self._key, 1, is_authority=True))

    def context(self, *, lifetime_days: int = 1) -> ssl.SSLContext:
        """A server's context with a certificate for 127.0.0.1; a negative lifetime has ended."""
        key = generate_private_key(SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
        file = self._folder / f"server{lifetime_days}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + self._certificate(name, key, lifetime_days, is_authority=False))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(
        self, name: x509.Name, key: EllipticCurvePrivateKey, lifetime_days: int, *, is_authority: bool
    ) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3))
            .not_valid_after(now + timedelta(days=lifetime_days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .add_extension(_usage(is_authority=is_authority), critical=True)
        )
        return builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    others = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    return x509.KeyUsage(
        digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, **others
    )
