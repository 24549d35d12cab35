"""A link: the SSH connection on which a probe runs."""

from __future__ import annotations

import asyncssh

from whotop.collect.conversation import Conversation
from whotop.collect.dialer import Client, client_of
from whotop.collect.failures import explain
from whotop.collect.starts import ProbeStart, found_in
from whotop.collect.upload import uploaded

WINDOW_BYTES = 131_072
"""What a machine may send ahead of us; asyncssh's own 2 MiB would let a flood pile up in memory."""


class ProbeSession(asyncssh.SSHClientSession[bytes]):
    """Hands what the SSH channel brings to the conversation, and nothing more."""

    def __init__(self, conversation: Conversation, client: Client) -> None:
        self._conversation, self._client = conversation, client
        self._output = conversation.output
        self._understood = client.chatter.understood

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Standard output comes without a datatype, standard error with one."""
        self._understood(len(data))
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
        """Tell the end, and why if it was ours."""
        if self._client.refusal is not None:
            self._conversation.end(self._client.refusal)
        self._conversation.closed(None if exc is None else explain(exc))


class SshChannel:
    """The conversation's way down, and the end of its session when it aborts."""

    def __init__(self, channel: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = channel

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
        """Close the session at once; the connection may carry another."""
        self._channel.abort()


class SshLink:
    """One connection to one machine, on which a probe can be started, and another way tried if it does not."""

    def __init__(self, connection: asyncssh.SSHClientConnection, *, address: str, jump: str) -> None:
        self.address, self.jump = address, jump
        self._connection = connection
        self._client = client_of(connection)
        self.server_version: str = connection.get_extra_info("server_version", "")
        self.user: str = connection.get_extra_info("username", "")

    async def begin(self, conversation: Conversation, start: ProbeStart) -> None:
        """Run a start's command on the machine and begin the conversation.

        Raises MachineError when the machine allows no session, or takes no upload.
        """
        try:
            if start.uploads and not start.through_sudo:
                # Through sudo it is root who runs it, and makes its folder.
                start = found_in(await uploaded(self._connection), start)
            channel, _ = await self._connection.create_session(
                lambda: ProbeSession(conversation, self._client),
                start.command,
                request_pty=False,
                env=None,
                send_env=None,
                encoding=None,
                window=WINDOW_BYTES,
            )
        except (asyncssh.Error, OSError) as error:
            raise self._client.refusal or explain(error) from None
        conversation.begin(SshChannel(channel), start)

    def close(self) -> None:
        """Drop the connection at once."""
        self._connection.abort()
