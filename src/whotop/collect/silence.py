"""Silence: a connection over which nothing comes is asked whether anybody is there.

asyncssh can do so by itself, with a timer that it sets anew at each packet: a tenth of what a sample
costs. Machines that send samples are not silent, so its keep-alives are switched on only where one is.
"""

from __future__ import annotations

import asyncio

import asyncssh

from whotop.collect.chatter import Chatter

QUESTIONS = 2
"""asyncssh ends a connection one interval after so many were not answered."""


class Silence:
    """Watches one connection: two to three times ``after_seconds`` after its last word it is over."""

    def __init__(self, connection: asyncssh.SSHClientConnection, chatter: Chatter, after_seconds: float) -> None:
        self._connection, self._chatter, self._after_seconds = connection, chatter, after_seconds
        self._is_asking = False
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(after_seconds, self._look)

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()

    def _look(self) -> None:
        self._timer = self._loop.call_later(self._after_seconds, self._look)
        is_silent = self._chatter.was_silent()
        if is_silent is not self._is_asking:
            self._is_asking = is_silent
            self._connection.set_keepalive(self._after_seconds / (QUESTIONS + 1) if is_silent else 0, QUESTIONS)
