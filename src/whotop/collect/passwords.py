"""Passwords: from what was asked for, the environment, a command or a keyring. Never in arguments or logs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping

from whotop.errors import AuthenticationError
from whotop.model import Target
from whotop.text import safe

COMMAND_SECONDS = 30.0
KEYRING_SECONDS = 60.0


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
        if target.password_environment:
            value = os.environ.get(target.password_environment)
            if value is None:
                raise AuthenticationError(f"the environment holds no {target.password_environment}")
            return value
        if target.password_command:
            return await self._told_by(_first_line, target.password_command)
        if target.password_keyring:
            return await self._told_by(_of_keyring, target.password_keyring)
        return None

    async def _told_by(self, ask: Callable[[str], Awaitable[str]], place: str) -> str:
        async with self._telling:
            if place not in self._told:
                self._told[place] = await ask(place)
        return self._told[place]

    def forget(self, target: Target) -> None:
        """It was refused: ask the command or the keyring again next time."""
        self._told.pop(target.password_command or target.password_keyring, None)


async def _first_line(command: str) -> str:
    """Run the command that the user's own configuration names, through the shell as it was written."""
    process = await asyncio.create_subprocess_shell(
        command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            output, _ = await process.communicate()
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if not isinstance(error, TimeoutError):
            raise
        raise AuthenticationError(f"password_command took longer than {COMMAND_SECONDS:.0f} s") from None
    if process.returncode != 0:
        raise AuthenticationError(f"password_command ended with status {process.returncode}: {safe(command, 60)}")
    first_line = output.split(b"\n", 1)[0].rstrip(b"\r")
    if not first_line:
        raise AuthenticationError(f"password_command told nothing: {safe(command, 60)}")
    return first_line.decode("utf-8", "surrogateescape")


async def _of_keyring(place: str) -> str:
    """Ask the keyring, in a thread: one that is locked waits for somebody to open it."""
    try:
        async with asyncio.timeout(KEYRING_SECONDS):
            return await asyncio.to_thread(_asked_of_keyring, place)
    except TimeoutError:
        raise AuthenticationError(f"the keyring did not answer within {KEYRING_SECONDS:.0f} s") from None


def _asked_of_keyring(place: str) -> str:
    import keyring  # an extra, and 50 ms that few need to pay
    from keyring.errors import KeyringError

    service, _, user = place.partition("/")
    try:
        password = keyring.get_password(service, user)
    except KeyringError as error:
        raise AuthenticationError(f"the keyring cannot be asked: {safe(str(error), 100)}") from None
    if not password:
        raise AuthenticationError(f"the keyring has no password of {safe(user, 40)} for {safe(service, 40)}")
    return password
