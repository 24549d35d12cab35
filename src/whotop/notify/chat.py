"""The chat route: Slack, Teams, Telegram, ntfy, webhooks and all else that apprise knows.

Its libraries block: each message goes out in a thread of its own, which is left to itself where it hangs.
The URL is a secret; what is said of it is its scheme alone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeVar

from whotop.config.notify_settings import ChatTable
from whotop.config.secret_source import secret_of
from whotop.errors import SecretError
from whotop.model.delivery import Channel, Delivery
from whotop.notify.route import Outcome
from whotop.text import safe

Told = TypeVar("Told")
SAID_CHARACTERS = 160
_TELLTALES = ("apprise", "urllib3", "requests")
"""Loggers that write the URL, or the path of it that is the secret. What matters of theirs is in the error."""
_MENTIONS = str.maketrans({"<": "‹", ">": "›", "@": "＠"})
"""Slack's and Discord's marks of a mention, and characters that look like them."""
_SECRET_PART_CHARACTERS = 4
"""Shorter parts of a URL are words that a message may well have."""


class ChatRoute:
    """One chat. While a message hangs in it, no other is tried."""

    channel = Channel.CHAT

    def __init__(self, chat: ChatTable) -> None:
        self._chat = chat
        self.target = chat.name
        self._hanging: threading.Thread | None = None

    async def send(self, deliveries: Sequence[Delivery]) -> AsyncGenerator[Outcome, None]:
        """Try each once."""
        try:
            url = self._chat.url or await secret_of(self._chat.secret) or ""
        except SecretError as error:
            for delivery in deliveries:
                yield Outcome(delivery=delivery, error=f"{self.target}: {error}")
            return
        for delivery in deliveries:
            why = await self._tried(url, delivery)
            yield Outcome(delivery=delivery, error=why and f"{self.target}: {why}")

    async def _tried(self, url: str, delivery: Delivery) -> str:
        if self._hanging is not None and self._hanging.is_alive():
            return "an earlier message hangs still"
        answer, self._hanging = in_thread(lambda: _told(url, delivery))
        try:
            async with asyncio.timeout(self._chat.timeout_seconds):
                return await answer
        except TimeoutError:
            return f"no answer within {self._chat.timeout_seconds:g} s"
        except Exception as error:  # Whatever a hundred plug-ins of others may raise is told of this chat alone.
            return safe(without_secret(f"{type(error).__name__}: {error}", url), SAID_CHARACTERS)


def in_thread(work: Callable[[], Told]) -> tuple[asyncio.Future[Told], threading.Thread]:
    """Do it in a thread that nobody waits for at the end; what the pool's threads do is waited for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Told] = loop.create_future()

    def settle(result: Told | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as caught:
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    thread = threading.Thread(target=run, name="whotop-chat", daemon=True)
    thread.start()
    return future, thread


def _told(url: str, delivery: Delivery) -> str:
    """Send it and return why it could not be sent, or nothing."""
    import apprise  # 0.2 s, for who has a chat

    for name in _TELLTALES:
        logging.getLogger(name).propagate = False
    chat = apprise.Apprise()
    if not chat.add(url):
        return f"apprise knows no such URL ({safe(url.partition(':')[0], 20)}:…)"
    title, body = without_mentions(delivery.subject), without_mentions(delivery.body)
    result = chat.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    if result:
        return ""
    said = [entry.message for entry in result.logs() if entry.message]
    return safe(without_secret(" ".join((said[-1] if said else "it was refused").split()), url), SAID_CHARACTERS)


def without_mentions(text: str) -> str:
    """Text in which nothing calls anybody: a user name such as ``<!channel>`` or ``@everyone`` shows as itself."""
    return text.translate(_MENTIONS)


def without_secret(said: str, url: str) -> str:
    """What a library says, without any part of the URL in it."""
    for part in sorted(_parts(url), key=len, reverse=True):
        said = said.replace(part, "…")
    return said


def _parts(url: str) -> set[str]:
    pieces = url.partition("://")[2].replace("@", "/").replace("?", "/").replace("&", "/").replace(":", "/").split("/")
    return {url, *(piece for piece in pieces if len(piece) > _SECRET_PART_CHARACTERS)}
