"""Questions: what a probe was asked in the midst of its conversation, and has not answered yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from whotop.errors import UnreachableError
from whotop.wire.messages import Answer, Message, Request

OPEN_QUESTIONS = 16
"""More than a person asks: a probe that answers none must not gather them."""


class Questions:
    """Those of one conversation; ``send`` is its way down."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._open: dict[int, asyncio.Future[Answer]] = {}
        self._next_number = 0

    async def processes(self, pid: int, timeout_seconds: float) -> Answer:
        """Ask for the processes that descend from ``pid``.

        Raises UnreachableError when the conversation ends before the answer, or none comes in time.
        """
        if len(self._open) >= OPEN_QUESTIONS:
            raise UnreachableError("the machine has not answered earlier questions")
        number = self._next_number
        self._next_number += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        try:
            self._send(Request(id=number, kind="processes", pid=pid))
            async with asyncio.timeout(timeout_seconds):
                return await answer
        except TimeoutError:
            raise UnreachableError(f"no answer within {timeout_seconds:.0f} s") from None
        finally:
            self._open.pop(number, None)

    def answered(self, answer: Answer) -> None:
        """Take an answer; one that nobody waits for any longer is dropped."""
        waiting = self._open.get(answer.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def end(self) -> None:
        """The conversation is over: no answer comes any more."""
        for waiting in self._open.values():
            if not waiting.done():
                waiting.set_exception(UnreachableError("the connection ended before the answer"))
