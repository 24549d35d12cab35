"""The dialer: opens one SSH connection, to a machine or to a jump host, under the same rules."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import asyncssh
from asyncssh.encryption import get_default_encryption_algs

from whotop.collect.chatter import Chatter, Listener
from whotop.collect.credentials import Credentials
from whotop.collect.failures import explain
from whotop.collect.gate import Gate
from whotop.collect.host_keys import ExpectedKeys, HostKeys
from whotop.collect.places import Places, Turn
from whotop.collect.reach import Sockets
from whotop.collect.route import Route
from whotop.collect.settings import CollectSettings
from whotop.collect.silence import Silence
from whotop.errors import AuthenticationError, HostKeyError, MachineError, UnreachableError, WireError
from whotop.model import Target

# asyncssh's defaults with AES-GCM first: opening a frame takes it one call, ChaCha20 three.
_FAST_CIPHERS = [b"aes128-gcm@openssh.com", b"aes256-gcm@openssh.com"]
_CIPHERS = [name.decode() for name in dict.fromkeys((*_FAST_CIPHERS, *get_default_encryption_algs()))]

SAMPLES_APART = 1.2
"""A connection counts as silent when the next sample should have come a while ago."""
LONGEST_SILENCE_SECONDS = 60.0
"""Machines that are seldom sampled are asked meanwhile: firewalls forget silent connections."""


class Client(asyncssh.SSHClient):
    """What asyncssh asks while it connects: whether the host key is right."""

    def __init__(
        self, expected: ExpectedKeys, turn: Turn, exchange_seconds: float, silent_after_seconds: float
    ) -> None:
        self._expected, self._turn = expected, turn
        self._exchange_seconds, self._silent_after_seconds = exchange_seconds, silent_after_seconds
        self.refusal: MachineError | None = None
        """What we refused, said better than asyncssh can."""
        self.chatter = Chatter(self._end_chatter, asyncio.get_running_loop().time)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._on_end: list[Callable[[], None]] = []

    def call_at_end(self, what: Callable[[], None]) -> None:
        """Call ``what`` when the connection is over."""
        self._on_end.append(what)

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """Begin to count the seconds of the key exchange."""
        self._connection = conn
        self._turn.limit(functools.partial(self._give_up, conn))

    def _give_up(self, connection: asyncssh.SSHClientConnection) -> None:
        self.refusal = UnreachableError(f"its key exchange took longer than {self._exchange_seconds:.0f} s")
        connection.abort()

    def _end_chatter(self) -> None:
        self.refusal = WireError("its SSH server talks without end of what nobody asked for")
        if self._connection is not None:
            self._connection.abort()

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Judge a plain host key (certificates are asyncssh's, by the authorities that it was given)."""
        try:
            self._expected.check(key, addr)
        except HostKeyError as refusal:
            self.refusal = refusal
            return False
        return True

    def begin_auth(self, username: str) -> None:
        """Keys are exchanged: the next machine may."""
        self._turn.leave()

    def auth_completed(self) -> None:
        """From now on somebody should be there."""
        if self._connection is not None:
            self.call_at_end(Silence(self._connection, self.chatter, self._silent_after_seconds).end)

    def connection_lost(self, exc: Exception | None) -> None:
        """End what belonged to the connection."""
        self._turn.leave()
        self.end()

    def end(self) -> None:
        """End what belongs to the connection, once."""
        while self._on_end:
            self._on_end.pop()()


def client_of(connection: asyncssh.SSHClientConnection) -> Client:
    """The client that a connection of the dialer's answers to. Raises UnreachableError when it is over already."""
    client = connection.get_owner()
    if not isinstance(client, Client):
        raise UnreachableError("connection lost")
    return client


class Dialer:
    """Opens connections, at most so many at once."""

    def __init__(
        self, settings: CollectSettings, host_keys: HostKeys, credentials: Credentials, sockets: Sockets
    ) -> None:
        self._settings = settings
        self._host_keys, self._credentials, self._sockets = host_keys, credentials, sockets
        self._places = Places(settings.reaching, settings.exchanging, settings.exchange_seconds)

    async def open(
        self, route: Route, target: Target | None, through: asyncssh.SSHClientConnection | None
    ) -> asyncssh.SSHClientConnection:
        """A connection over ``route`` that has logged in; ``target`` names its password.

        Raises MachineError, and leaves nothing open then.
        """
        offer = await self._credentials.offer(route, target)
        turn = await self._places.reach()
        expected = self._host_keys.expected(route)
        client = Client(expected, turn, self._settings.exchange_seconds, self._silent_after_seconds(target))
        try:
            carrier = await self._carrier(route, turn, client, through)
            connection = await asyncssh.connect(
                route.host,
                route.port,
                **carrier,
                **self._options(expected),
                client_factory=lambda: client,
                username=route.user,
                client_keys=list(offer.keys) or None,
                password=offer.password,
            )
            # One that is aborted while it connects is returned as if it had succeeded.
            if connection.is_closed():
                raise asyncssh.ConnectionLost("closed while connecting")
            return connection
        except (asyncssh.Error, OSError, ValueError, MachineError) as error:
            client.end()
            reason = client.refusal or _in_words(error, through)
            if isinstance(reason, AuthenticationError):
                self._credentials.refused(target)
                reason = AuthenticationError(f"{reason} for {route.user}: {offer.described}")
            raise reason from None
        except asyncio.CancelledError:
            client.end()
            raise
        finally:
            turn.leave()

    async def _carrier(
        self, route: Route, turn: Turn, client: Client, through: asyncssh.SSHClientConnection | None
    ) -> dict[str, Any]:
        """What carries the connection: a jump host's, a ProxyCommand's, or a socket."""
        if through is not None:
            gate = Gate(through, turn, self._settings.reach_seconds, client.chatter, client_of(through).chatter)
            return {"tunnel": gate}
        if route.proxy_command:
            socket = await self._sockets.through(route.proxy_command, client.call_at_end)
        else:
            socket = await self._sockets.to(route.host, route.port)
        listener = Listener(socket, client.chatter)
        client.call_at_end(listener.close)
        await turn.exchange()
        return {"tunnel": listener}

    def _silent_after_seconds(self, target: Target | None) -> float:
        """After how long to ask whether anybody is there: not of a machine that is about to send its next sample."""
        between_seconds = 0.0 if target is None else SAMPLES_APART * target.interval_seconds
        return min(max(self._settings.keepalive_seconds, between_seconds), LONGEST_SILENCE_SECONDS)

    def _options(self, expected: ExpectedKeys) -> dict[str, Any]:
        """Every option by which asyncssh would read a file, trust somebody, or forward something."""
        return {
            "config": None,
            "known_hosts": expected.trust(),
            "server_host_key_algs": expected.algorithms(),
            "host_key_alias": expected.route.host_key_alias or None,
            "x509_trusted_certs": None,
            "x509_trusted_cert_paths": None,
            "agent_path": None,
            "agent_forwarding": False,
            "x11_forwarding": False,
            "pkcs11_provider": None,
            "gss_host": None,
            "host_based_auth": False,
            "client_host_keysign": False,
            "compression_algs": ["none"],
            "encryption_algs": _CIPHERS,
            "login_timeout": self._settings.login_seconds,
        }


def _in_words(error: Exception, through: asyncssh.SSHClientConnection | None) -> MachineError:
    reason = explain(error)
    if through is not None and isinstance(error, asyncssh.ChannelOpenError):
        return UnreachableError(f"its jump host cannot reach it: {reason}".replace("the session was refused: ", ""))
    return reason
