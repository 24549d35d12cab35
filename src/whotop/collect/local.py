"""This very machine, watched by the same probe in a process of its own, without SSH."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import cast

from whotop.collect.conversation import Conversation
from whotop.collect.own_user import own_user
from whotop.collect.starts import ProbeStart
from whotop.errors import ProbeError
from whotop.model.target import THIS_MACHINE

STANDARD_OUTPUT = 1


class LocalCarrier:
    """Nothing needs to be reached."""

    async def connect(self) -> LocalLink:
        """See ``Carrier``."""
        return LocalLink()


class LocalLink:
    """Runs loaders as SSH would, on pipes."""

    server_version = ""
    address = THIS_MACHINE
    jump = ""

    @property
    def user(self) -> str:
        """As whom the probe runs."""
        return own_user()

    async def begin(self, conversation: Conversation, start: ProbeStart) -> None:
        """Start the probe and begin ``conversation``, whose end then ends the process.

        Raises ProbeError when no process can be started.
        """
        try:
            transport, _ = await asyncio.get_running_loop().subprocess_exec(
                lambda: _Pipes(conversation),
                "/bin/sh",
                "-c",
                start.command,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise ProbeError(f"no process for the probe: {error.strerror}") from None
        conversation.begin(PipeChannel(transport), start)

    def close(self) -> None:
        """Nothing outlives the conversation."""


class PipeChannel:
    """The conversation's way down, and the end of the process when it aborts."""

    def __init__(self, transport: asyncio.SubprocessTransport) -> None:
        self._transport = transport
        self._input = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
        self._output = cast("asyncio.ReadTransport", transport.get_pipe_transport(STANDARD_OUTPUT))

    def write(self, data: bytes) -> None:
        """Send to the probe's standard input."""
        if not self._input.is_closing():
            self._input.write(data)

    def pause_reading(self) -> None:
        """Let the pipe fill."""
        self._output.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._output.resume_reading()

    def abort(self) -> None:
        """Kill the probe if it still runs, and close its pipes."""
        self._transport.close()


class _Pipes(asyncio.SubprocessProtocol):
    """Hands what the process writes to the conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == STANDARD_OUTPUT:
            self._conversation.output(data)
        else:
            self._conversation.complaint(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called when the process has ended and both pipes are read empty."""
        if self._transport is not None:
            status = self._transport.get_returncode()
            if status is not None:
                self._conversation.exited(status)
        self._conversation.closed(None)


def _environment() -> dict[str, str]:
    """Ours, with the Python that runs whotop found first."""
    own_folder = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([own_folder, os.environ.get("PATH", os.defpath)])}
