"""How often each client may ask: a bucket of tokens per client, in bounded memory."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

CLIENTS_KEPT = 4_096
"""The clients seen last; one that is forgotten starts with a full bucket."""
IPV6_PREFIX = 64
"""One customer gets a whole network of this size, so it counts as one client."""


class RateLimit:
    """Token buckets. Each request takes a token; tokens come back at a steady rate."""

    def __init__(self, per_second: float, at_once: int) -> None:
        self._per_second, self._at_once = per_second, float(at_once)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Client: tokens left, and when that was."""

    def wait_seconds(self, client: str, now: float, cost: float = 1.0) -> float:
        """Take ``cost`` tokens and answer 0, or take none and say in how many seconds they will be there."""
        left, then = self._buckets.pop(client, (self._at_once, now))
        left = min(self._at_once, left + max(0.0, now - then) * self._per_second)
        granted = left >= cost
        self._buckets[client] = (left - cost if granted else left, now)
        if len(self._buckets) > CLIENTS_KEPT:
            self._buckets.popitem(last=False)
        return 0.0 if granted else (cost - left) / self._per_second

    def punish(self, client: str, now: float, cost: float) -> None:
        """Take tokens that may not be there: whoever guesses waits longer."""
        left, then = self._buckets.get(client, (self._at_once, now))
        self._buckets[client] = (left - cost, then)


def client_of(host: str) -> str:
    """What counts as one client: an IPv4 address, or an IPv6 network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
