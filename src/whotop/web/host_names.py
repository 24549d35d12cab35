"""By which names a server may be asked for.

A page of somebody else's can make a browser ask a loopback address under a name of its own ("DNS
rebinding") and read the answer. Such a request carries that name in its Host header.
"""

from __future__ import annotations

from collections.abc import Collection

from whotop.web.settings import is_loopback


def is_allowed_host(header: str, names: Collection[str]) -> bool:
    """Whether a Host header names loopback or one of ``names``."""
    host = host_name(header)
    return is_loopback(host) or host in names


def host_name(header: str) -> str:
    """The name or address in ``name:port``, ``[::1]:port``; lower case."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].rstrip(".")
