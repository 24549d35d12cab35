"""``[user@]host[:port]`` as one word, IPv6 included: ``ops@[::1]:2222``."""

from __future__ import annotations

import re
from typing import NamedTuple

_HOST = re.compile(r"[\w.:][\w.:%\-]{0,252}")
"""No more is ever a host; above all nothing that a shell or an option parser could act on."""
_USER = re.compile(r"[\w.][\w.\-+$@\\]{0,255}")


class Address(NamedTuple):
    """The parts of an address; empty and 0 where they were not given."""

    user: str
    host: str
    port: int


def parse_address(text: str) -> Address:
    """The parts of ``text``; raises ValueError with one clear line."""
    user, at, rest = text.rpartition("@")
    host, port = _split_port(rest)
    return Address(checked_user(user) if at else "", checked_host(host), port)


def checked_user(user: str) -> str:
    """``user``, if it can be one; else ValueError."""
    if not _USER.fullmatch(user):
        raise ValueError(f'"{user}" cannot be a user')
    return user


def checked_host(host: str) -> str:
    """``host``, if it can be a host name or an address; else ValueError."""
    if not _HOST.fullmatch(host):
        raise ValueError(f'"{host}" cannot be a host')
    return host


def split_user(text: str) -> tuple[str, str]:
    """``text`` without its user, and the user."""
    user, _, rest = text.rpartition("@")
    return user, rest


def _split_port(text: str) -> tuple[str, int]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or not _is_ipv6(host) or (rest and not rest.startswith(":")):
            raise ValueError(f'"{text}" is no address: an IPv6 address is written "[::1]" or "[::1]:22"')
        return host, checked_port(rest[1:]) if rest else 0
    if text.count(":") > 1:
        if not _is_ipv6(text):
            raise ValueError(f'"{text}" is no address: it has more than one ":" and is no IPv6 address')
        return text, 0
    host, colon, port = text.partition(":")
    return host, checked_port(port) if colon else 0


def checked_port(text: str) -> int:
    """The port that ``text`` names, if it is one; else ValueError."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65_535:
        raise ValueError(f'"{text}" is no port: a port is a number from 1 to 65535')
    return int(text)


def _is_ipv6(text: str) -> bool:
    import ipaddress  # 5 ms that only an IPv6 address has to pay

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
