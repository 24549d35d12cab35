"""A link: the SSH session in which a probe runs."""

from __future__ import annotations

import asyncssh

from whotop import probe
from whotop.collect.conversation import Conversation
from whotop.collect.failures import explain

WINDOW_BYTES = 131_072
"""What a machine may send ahead of us; asyncssh's own 2 MiB would let a flood pile up in memory."""


class ProbeSession(asyncssh.SSHClientSession[bytes]):
    """Hands what the SSH channel brings to the conversation, and nothing more."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._output = conversation.output

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Standard output comes without a datatype, standard error with one."""
        if datatype is None:
            self._output(data)
        else:
            self._conversation.complaint(data)

    def exit_status_received(self, status: int) -> None:
        """Keep the status: it tells "no Python" from other ends."""
        self._conversation.exited(status)

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:
        """Tell a probe that was killed."""
        self._conversation.complaint(f"\nkilled by signal {signal}\n".encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the end."""
        self._conversation.closed(None if exc is None else explain(exc))


class SshChannel:
    """The conversation's way down, and the end of the whole connection when it aborts."""

    def __init__(self, connection: asyncssh.SSHClientConnection, channel: asyncssh.SSHClientChannel[bytes]) -> None:
        self._connection, self._channel = connection, channel

    def write(self, data: bytes) -> None:
        """Send to the probe's standard input."""
        if not self._channel.is_closing():
            self._channel.write(data)

    def pause_reading(self) -> None:
        """Let the far end wait: its window stays shut."""
        self._channel.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._channel.resume_reading()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._connection.abort()


async def start_probe(connection: asyncssh.SSHClientConnection, conversation: Conversation) -> None:
    """Run the loader on the machine and begin the conversation.

    Raises asyncssh.Error (``failures.explain`` words it) when the machine allows no session.
    """
    channel, _ = await connection.create_session(
        lambda: ProbeSession(conversation),
        probe.LOADER,
        request_pty=False,
        env=None,
        send_env=None,
        encoding=None,
        window=WINDOW_BYTES,
    )
    conversation.begin(SshChannel(connection, channel))
