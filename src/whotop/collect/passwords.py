"""Passwords: from what was asked for, the environment, or a command. Never in arguments or logs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping

from whotop.errors import AuthenticationError
from whotop.model import Target
from whotop.text import safe

COMMAND_SECONDS = 30.0


class Passwords:
    """Where a machine's password comes from. A command runs once for all machines that name it."""

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
        if not target.password_command:
            return None
        async with self._telling:
            if target.password_command not in self._told:
                self._told[target.password_command] = await _first_line(target.password_command)
        return self._told[target.password_command]

    def forget(self, target: Target) -> None:
        """It was refused: ask the command again next time."""
        self._told.pop(target.password_command, None)


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
