"""Passwords: from what was asked for, the environment, a command or a keyring. Never in arguments or logs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from whotop.config.secret_source import first_line, of_environment, of_keyring
from whotop.errors import AuthenticationError, SecretError
from whotop.model import Target


class Passwords:
    """Where a machine's password comes from. A command or a keyring is asked once for all machines that name it."""

    def __init__(self, asked: Mapping[str, str]) -> None:
        self._asked = asked
        self._told: dict[str, str] = {}
        self._telling = asyncio.Lock()

    async def password(self, target: Target) -> str | None:
        """The password for ``target``, None if it has none.

        Raises AuthenticationError when the place that was named for it holds none.
        """
        if target.name in self._asked:
            return self._asked[target.name]
        try:
            return await self._named(target)
        except SecretError as error:
            raise AuthenticationError(str(error)) from None

    async def _named(self, target: Target) -> str | None:
        if target.password_environment:
            return of_environment(target.password_environment)
        if target.password_command:
            return await self._told_by(first_line, target.password_command)
        if target.password_keyring:
            return await self._told_by(of_keyring, target.password_keyring)
        return None

    async def _told_by(self, ask: Callable[[str], Awaitable[str]], place: str) -> str:
        async with self._telling:
            if place not in self._told:
                self._told[place] = await ask(place)
        return self._told[place]

    def forget(self, target: Target) -> None:
        """It was refused: ask the command or the keyring again next time."""
        self._told.pop(target.password_command or target.password_keyring, None)
