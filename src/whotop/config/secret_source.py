"""Asks for a secret: the environment, a command, or a keyring. Nothing is kept or logged here."""

from __future__ import annotations

import asyncio
import contextlib
import os

from whotop.config.secret_place import SecretPlace
from whotop.errors import SecretError
from whotop.text import safe

COMMAND_SECONDS = 30.0
KEYRING_SECONDS = 60.0


async def secret_of(place: SecretPlace) -> str | None:
    """What the place holds, None where none is named. Raises SecretError when it holds nothing."""
    if place.given:
        return place.given
    if place.environment:
        return of_environment(place.environment)
    if place.command:
        return await first_line(place.command, f"{place.field}_command")
    if place.keyring:
        return await of_keyring(place.keyring)
    return None


def of_environment(name: str) -> str:
    """The environment variable of that name. Raises SecretError."""
    value = os.environ.get(name)
    if value is None:
        raise SecretError(f"the environment holds no {name}")
    return value


async def first_line(command: str, field: str = "password_command") -> str:
    """Run the command that the user's own configuration names, through the shell as it was written.

    Raises SecretError, which calls it by its ``field``.
    """
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
        raise SecretError(f"{field} took longer than {COMMAND_SECONDS:.0f} s") from None
    if process.returncode != 0:
        raise SecretError(f"{field} ended with status {process.returncode}: {safe(command, 60)}")
    line = output.split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise SecretError(f"{field} told nothing: {safe(command, 60)}")
    return line.decode("utf-8", "surrogateescape")


async def of_keyring(place: str) -> str:
    """Ask the keyring for ``service/user``, in a thread: one that is locked waits for somebody to open it.

    Raises SecretError.
    """
    try:
        async with asyncio.timeout(KEYRING_SECONDS):
            return await asyncio.to_thread(_asked_of_keyring, place)
    except TimeoutError:
        raise SecretError(f"the keyring did not answer within {KEYRING_SECONDS:.0f} s") from None


def _asked_of_keyring(place: str) -> str:
    import keyring  # an extra, and 50 ms that few need to pay
    from keyring.errors import KeyringError

    service, _, user = place.partition("/")
    try:
        password = keyring.get_password(service, user)
    except KeyringError as error:
        raise SecretError(f"the keyring cannot be asked: {safe(str(error), 100)}") from None
    if not password:
        raise SecretError(f"the keyring has no password of {safe(user, 40)} for {safe(service, 40)}")
    return password
