"""What a server of the API is told."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

TOKEN_CHARACTERS_MIN = 16
"""A shorter bearer token could be guessed."""
BODY_BYTES_MAX = 64 << 10
"""A request's body holds the parameters of a question, which need no more."""
REQUESTS_AT_ONCE_MAX = 64
"""Requests being answered at one moment, streams apart; more are told to come back."""
BODY_SECONDS = 10.0
"""A body that takes longer is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Where it listens, who may ask, and how much."""

    address: str = "127.0.0.1"
    """An IP address of this computer, or ``localhost``."""
    port: int = 8421
    """0: any that is free."""
    token: str = field(default="", repr=False)
    """The bearer token that requests must carry; empty: none, which only loopback allows."""
    hosts: tuple[str, ...] = ()
    """Names by which it may be asked for besides its own address (a proxy's, say)."""
    requests_per_second: float = 50.0
    """Of one client, in the long run."""
    requests_at_once: int = 200
    """Of one client, after a pause."""
    streams: int = 200
    """Streams of events open at one moment."""
    certificate: str = ""
    """A PEM file of certificates; with it, HTTPS is spoken."""
    certificate_key: str = ""
    """Its private key's PEM file; empty: the same file."""

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this computer can reach it."""
        return is_loopback(self.address)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is an address of this very computer that no other can reach, or ``localhost``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
