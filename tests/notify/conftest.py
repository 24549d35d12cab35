"""A mail server, a queue in memory, and a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.notify.smtp_server import PASSWORD, USER, Authority, MailServer, start
from whotop.clock import ManualClock
from whotop.config.notify_settings import SmtpTable

NOON_US = 1_763_726_400_000_000  # 2025-11-21T12:00:00Z
Serve = Callable[..., Awaitable[MailServer]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_US)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def serve(authority: Authority) -> AsyncIterator[Serve]:
    """Starts mail servers."""
    listening: list[tuple[asyncio.Server, MailServer]] = []

    async def serve_one(server: MailServer | None = None, *, lifetime_days: int = 1, **how: bool) -> MailServer:
        server = server or MailServer()
        listening.append((await start(server, authority.context(lifetime_days=lifetime_days), **how), server))
        return server

    yield serve_one
    for each, server in listening:
        each.close()
        server.hang_up()
        await each.wait_closed()
    await asyncio.sleep(0)


@pytest.fixture
def smtp(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SmtpTable]:
    """The table that sends to a server."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)

    def table(server: MailServer, **fields: object) -> SmtpTable:
        usual: dict[str, object] = {
            "host": "127.0.0.1",
            "port": server.port,
            "user": USER,
            "password_environment": "SMTP_PASSWORD",
            "ca_file": str(authority.file),
        }
        return SmtpTable(**{**usual, **fields})  # type: ignore[arg-type]

    return table
