"""The ``[web]`` table: where ``whotop serve`` listens, and who may ask it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from whotop.config.table import KeyringPlace, Line, Table


class WebTable(Table, frozen=True, kw_only=True):
    """The HTTP API and the page of usage."""

    address: Line = "127.0.0.1"
    """IP address to listen on. Any but loopback needs a token."""
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8421
    """TCP port; 0 for any that is free."""
    token_environment: str = ""
    """Name of the environment variable that holds the bearer token, at least 16 characters."""
    token_command: str = ""
    """Command whose first line of output is the token."""
    token_keyring: KeyringPlace | None = None
    """`service/user`: under which the keyring of this computer has the token."""
    token_file: str = ""
    """File whose first line is the token."""
    hosts: tuple[Line, ...] = ()
    """Names by which it may be asked for besides its address, such as that of a proxy before it."""
    requests_per_second: Annotated[float, Meta(gt=0, le=1e6)] = 50.0
    """How often one client may ask in the long run; more is answered with 429."""
    requests_at_once: Annotated[int, Meta(ge=1, le=1_000_000)] = 200
    """How often it may ask at once, after a pause."""
    streams: Annotated[int, Meta(ge=0, le=10_000)] = 200
    """Streams of events that may be open at one moment."""
    certificate: str = ""
    """PEM file of a certificate; with it, HTTPS is spoken."""
    certificate_key: str = ""
    """PEM file of its private key; empty: the same file."""
