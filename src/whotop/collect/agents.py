"""SSH agents: one connection to each, shared by all machines."""

from __future__ import annotations

import asyncio
import copy

import asyncssh

from whotop.clock import Clock

LIST_SECONDS = 60.0
"""How long a list of keys is believed; some agents take long to answer, a fleet asks often."""


class Agents:
    """The keys that agents hold, ready to be offered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._clients: dict[str, asyncssh.SSHAgentClient] = {}
        self._listed: dict[str, tuple[float, list[asyncssh.SSHKeyPair]]] = {}
        self._listing = asyncio.Lock()

    async def keys(self, path: str) -> list[asyncssh.SSHKeyPair]:
        """The keys of the agent at ``path``, in its order; none if there is no agent.

        Copies: a pair keeps the signature algorithm that one connection has agreed on.
        """
        if not path:
            return []
        now = self._clock.monotonic()
        async with self._listing:
            listed = self._listed.get(path)
            if listed is None or now - listed[0] > LIST_SECONDS:
                listed = self._listed[path] = (now, await self._list(path))
        return [copy.copy(key) for key in listed[1]]

    async def _list(self, path: str) -> list[asyncssh.SSHKeyPair]:
        client = self._clients.get(path)
        try:
            if client is None:
                client = self._clients[path] = await asyncssh.connect_agent(path)
            return list(await client.get_keys())
        except (OSError, ValueError):
            self._clients.pop(path, None)
            return []

    async def close(self) -> None:
        """End the connections."""
        for client in self._clients.values():
            client.close()
            await client.wait_closed()
        self._clients.clear()
        self._listed.clear()
