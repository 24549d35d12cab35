"""Carriers: how a machine is reached; ``SshCarrier`` here, ``local.LocalCarrier`` for this very machine."""

from __future__ import annotations

import asyncio
from typing import Protocol

import asyncssh

from whotop.collect.conversation import Conversation
from whotop.collect.dialer import Dialer
from whotop.collect.jump import JumpHosts
from whotop.collect.link import SshLink
from whotop.collect.route import Route, route_to
from whotop.collect.ssh_config import SshConfig
from whotop.collect.starts import ProbeStart
from whotop.model import Target


class Link(Protocol):
    """A connection to one machine."""

    server_version: str
    """How its SSH server calls itself."""

    address: str
    """Where it leads, for people: ``[user@]host[:port]``."""
    jump: str
    """The jump hosts that it leads through, first to last; empty: none."""

    @property
    def user(self) -> str:
        """As whom we are logged in."""
        ...

    async def begin(self, conversation: Conversation, start: ProbeStart) -> None:
        """Start a probe and begin ``conversation``, whose end then ends the probe. Raises WhotopError."""
        ...

    def close(self) -> None:
        """Drop the connection at once."""
        ...


class Carrier(Protocol):
    """Reaches one machine."""

    async def connect(self) -> Link:
        """Connect. Raises WhotopError, and leaves nothing open then."""
        ...


class SshCarrier:
    """Over SSH, through the machine's jump hosts if it has any."""

    def __init__(self, target: Target, config: SshConfig, dialer: Dialer, jumps: JumpHosts) -> None:
        self._target, self._config, self._dialer, self._jumps = target, config, dialer, jumps

    async def connect(self) -> Link:
        """See ``Carrier``."""
        if self._config.may_run_commands:
            route = await asyncio.to_thread(route_to, self._target, self._config)
        else:
            route = route_to(self._target, self._config)
        if not route.jumps:
            return self._link(await self._dialer.open(route, self._target, None), route)
        async with self._jumps.through(route.jumps) as jump:
            return self._link(await self._dialer.open(route, self._target, jump), route)

    def _link(self, connection: asyncssh.SSHClientConnection, route: Route) -> SshLink:
        target = self._target
        is_as_asked = route.host == (target.host or target.name)
        jump = target.jump or ",".join(hop.name for hop in route.jumps)
        return SshLink(connection, address=target.address if is_as_asked else route.short_address, jump=jump)
