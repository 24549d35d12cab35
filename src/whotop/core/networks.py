"""Networks: which one a source is in, and whether that is inside or outside.

A source is what a machine wrote down of where a login came from: an address, a host name, or what
programs put there (``:0`` of X11, ``tmux(1204).%0``, ``203.0.113.9 via mosh [88]``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from socket import AF_INET, inet_pton

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INSIDE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "0.0.0.0/8",
            "::/127",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)
"""As Sigma's "external remote logon" rules (259a9cdf, f88e112a) list them, and what carriers and overlay
networks use (RFC 6598). Not Python's ``is_private``: that counts the documentation's networks too."""
_LIKE_A_NETWORK = re.compile(r"[\d.]+(?:/.*)?|[0-9a-fA-F.]*:[0-9a-fA-F.:]*(?:/.*)?", re.ASCII)
_DOMAIN_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+", re.ASCII)
_INSIDE_DOMAINS = (".local", ".localdomain", ".lan", ".internal", ".intranet", ".home.arpa")


@lru_cache(maxsize=65_536)
def address_of(source: str) -> Address | None:
    """The address that a source is; ``::ffff:10.0.0.7`` is 10.0.0.7, a zone (``%eth0``) is left out."""
    text = source.partition(" ")[0].partition("%")[0]
    try:
        if ":" in text:
            address = IPv6Address(text)
            return address.ipv4_mapped or address
        # The C library reads one in a third of the time that ``ipaddress`` takes, and a guesser has many.
        return IPv4Address(inet_pton(AF_INET, text))
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=65_536)
def network_of(source: str, ipv4_bits: int = 24, ipv6_bits: int = 64) -> str:
    """The network of that size around a source, ``203.0.113.0/24``; a name stands for itself.

    Empty for what is no place in a network: a console, a terminal multiplexer.
    """
    address = address_of(source)
    if address is not None:
        bits = ipv4_bits if address.version == 4 else ipv6_bits
        return str(ip_network((address, bits), strict=False))
    name = source.partition(" ")[0].casefold()
    return "" if name.startswith(":") or "(" in name else name


@lru_cache(maxsize=65_536)
def is_outside(source: str) -> bool:
    """Whether a login comes from outside: neither a private address, nor this machine, nor a name without a domain.

    A full domain name counts as outside: whoever owns an address chooses the name that it resolves to.
    """
    address = address_of(source)
    if address is not None:
        return not any(address in network for network in _INSIDE if network.version == address.version)
    name = source.partition(" ")[0].casefold().rstrip(".")
    return _DOMAIN_NAME.fullmatch(name) is not None and not name.endswith(_INSIDE_DOMAINS)


class Networks:
    """A list of networks (``10.0.0.0/8``), addresses, and names with ``*`` and ``?`` (``*.corp.example``)."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises ValueError, one clear line, for what looks like a network and is none."""
        networks: list[Network] = []
        names: list[str] = []
        for text in texts:
            network = _network(text)
            if network is None:
                names.append(text.casefold())
            else:
                networks.append(network)
        self._networks, self._names = tuple(networks), tuple(names)
        self.hold = lru_cache(maxsize=65_536)(self._hold)
        """Whether a source is in one of them."""

    def __bool__(self) -> bool:
        return bool(self._networks or self._names)

    def _hold(self, source: str) -> bool:
        address = address_of(source)
        if address is not None:
            return any(address in network for network in self._networks if network.version == address.version)
        name = source.casefold()
        return any(fnmatchcase(name, pattern) for pattern in self._names)


def _network(text: str) -> Network | None:
    if not _LIKE_A_NETWORK.fullmatch(text):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f'"{text}" is no network; write it like 10.0.0.0/8 or 2001:db8::/32') from None
