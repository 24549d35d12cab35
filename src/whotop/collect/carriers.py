"""Carriers: the two ways in which a conversation with a probe comes about."""

from __future__ import annotations

import asyncio
from typing import Protocol

import asyncssh

from whotop.collect.conversation import Conversation
from whotop.collect.dialer import Dialer
from whotop.collect.failures import explain
from whotop.collect.jump import JumpHosts
from whotop.collect.link import start_probe
from whotop.collect.route import route_to
from whotop.collect.ssh_config import SshConfig
from whotop.model import Target


class Carrier(Protocol):
    """Begins conversations with one machine's probe."""

    async def carry(self, conversation: Conversation) -> None:
        """Connect and begin ``conversation``, whose end then ends the connection.

        Raises WhotopError, and leaves nothing open then.
        """
        ...


class SshCarrier:
    """Over SSH, through the machine's jump hosts if it has any."""

    def __init__(self, target: Target, config: SshConfig, dialer: Dialer, jumps: JumpHosts) -> None:
        self._target, self._config, self._dialer, self._jumps = target, config, dialer, jumps

    async def carry(self, conversation: Conversation) -> None:
        """See ``Carrier``."""
        # ssh_config may run commands (Match exec), so never in the event loop.
        route = await asyncio.to_thread(route_to, self._target, self._config)
        if route.jumps:
            async with self._jumps.through(route.jumps) as jump:
                connection = await self._dialer.open(route, self._target, jump)
        else:
            connection = await self._dialer.open(route, self._target, None)
        try:
            await start_probe(connection, conversation)
        except (asyncssh.Error, OSError) as error:
            connection.abort()
            raise explain(error) from None
        except BaseException:
            connection.abort()
            raise
