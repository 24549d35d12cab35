"""Where a Windows logon came from, as its events write it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from whotop.parse.received import Received, received

_HERE = frozenset({"", "-", "LOCAL", "::", "::1", "0.0.0.0", "Unknown"})  # noqa: S104 - texts, bound by nobody
_MAPPED = "::ffff:"


@lru_cache(maxsize=4096)
def peer_address(text: str) -> Received:
    """Give an address without the clothes of IPv6 around an IPv4 one; nothing for the machine itself."""
    text = text.strip()
    if text.lower().startswith(_MAPPED) and "." in text:
        text = text[len(_MAPPED) :]
    if text in _HERE or _is_loopback(text):
        return "", None
    return received(text.encode("utf-8", "surrogatepass"))


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False
