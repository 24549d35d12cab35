"""Mail against a real server with STARTTLS and AUTH."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtplib import SMTPConnectError

from tests.notify.conftest import Serve
from tests.notify.nouns import message
from tests.notify.smtp_server import USER, MailServer
from whotop.config.notify_settings import SmtpTable
from whotop.model.delivery import Delivery
from whotop.notify.mail import MailRoute
from whotop.notify.mail_errors import in_words
from whotop.notify.route import Outcome

Smtp = Callable[..., SmtpTable]


async def sent(table: SmtpTable, *deliveries: Delivery) -> list[Outcome]:
    return [outcome async for outcome in MailRoute(table).send(deliveries)]


async def errors(table: SmtpTable, *deliveries: Delivery) -> list[str]:
    return [outcome.error for outcome in await sent(table, *(deliveries or (message(),)))]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_out_encrypted_and_logged_in(serve: Serve, smtp: Smtp, security: str) -> None:
    server = await serve(implicit_tls=security == "tls")
    assert await errors(smtp(server, security=security)) == [""]
    (mail,) = server.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (USER, "ops@example.org", "[whotop] message 1")
    assert mail.get_content() == "Hello.\n"


async def test_one_connection_carries_all_that_waits(serve: Serve, smtp: Smtp) -> None:
    server = await serve()
    assert await errors(smtp(server), *map(message, range(5))) == [""] * 5
    assert server.connections == 1


async def test_a_refused_recipient_is_named_and_final_and_the_others_get_theirs(serve: Serve, smtp: Smtp) -> None:
    server = await serve(MailServer(refused={"gone@example.org"}))
    refused, other = await sent(smtp(server), message(1, "gone@example.org"), message(2))
    assert refused.error == f"127.0.0.1:{server.port}: refuses gone@example.org: 550 5.1.1 no such user"
    assert (refused.is_final, other.error) == (True, "")


async def test_a_server_that_is_busy_is_asked_again(serve: Serve, smtp: Smtp) -> None:
    server = await serve(MailServer(busy=True))
    (outcome,) = await sent(smtp(server), message())
    assert outcome.error == f"127.0.0.1:{server.port}: 451 4.3.0 come back later"
    assert not outcome.is_final


def test_a_server_that_does_not_exist_is_told_as_that() -> None:
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    wrapped = SMTPConnectError("Error connecting")
    wrapped.__cause__ = unknown
    said = in_words(wrapped, "mail.example.org:587", SmtpTable(host="mail.example.org"))
    assert said == "mail.example.org:587: its name cannot be looked up: Name or service not known"


async def test_an_expired_certificate_is_named(serve: Serve, smtp: Smtp) -> None:
    server = await serve(lifetime_days=-1)
    (outcome,) = await sent(smtp(server), message())
    assert outcome.error == f"127.0.0.1:{server.port}: its certificate is not accepted: certificate has expired"
    assert not outcome.is_final


async def test_a_certificate_of_an_unknown_authority_is_named(serve: Serve, smtp: Smtp) -> None:
    server = await serve()
    (error,) = await errors(smtp(server, ca_file=""))
    assert "its certificate is not accepted: " in error
    assert server.mails == []


async def test_a_wrong_password_is_named_and_tried_again(
    serve: Serve, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve()
    monkeypatch.setenv("SMTP_PASSWORD", "wrong")
    (outcome,) = await sent(smtp(server), message())
    assert outcome.error.startswith(f"127.0.0.1:{server.port}: refuses the login of {USER}: 535 ")
    assert not outcome.is_final
    assert "wrong" not in outcome.error


async def test_a_password_that_is_not_where_it_should_be_is_said(
    serve: Serve, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve()
    monkeypatch.delenv("SMTP_PASSWORD")
    assert await errors(smtp(server)) == ["the environment holds no SMTP_PASSWORD"]


class Old(asyncio.Protocol):
    """A server that knows no extension."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 old\r\n")

    def data_received(self, data: bytes) -> None:
        self._transport.write(b"250 old\r\n")


async def test_a_server_without_starttls_gets_nothing(smtp: Smtp) -> None:
    listening = await asyncio.get_running_loop().create_server(Old, "127.0.0.1", 0)
    server = MailServer(port=listening.sockets[0].getsockname()[1])
    async with listening:
        (error,) = await errors(smtp(server))
    assert "STARTTLS" in error


@pytest.mark.parametrize("when", ["at once", "after DATA"])
async def test_a_server_that_hangs_is_left_after_its_time(serve: Serve, smtp: Smtp, when: str) -> None:
    server = await serve(MailServer(mute=when == "at once", silent=True))
    table: Any = smtp(server, timeout_seconds=0.2)
    assert await errors(table) == [f"127.0.0.1:{server.port}: no answer within 0.2 s"]


async def test_nobody_at_the_port_is_said(smtp: Smtp) -> None:
    assert await errors(smtp(MailServer(port=1))) == ["127.0.0.1:1: Connection refused"]


async def test_certificates_that_cannot_be_read_are_named(smtp: Smtp) -> None:
    (error,) = await errors(smtp(MailServer(port=1), ca_file="/nowhere/ca.pem"))
    assert error == "/nowhere/ca.pem: No such file or directory"
