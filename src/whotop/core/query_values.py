"""The values that a filter compares with: numbers with units, and patterns for texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from whotop.core.query_words import Word
from whotop.errors import QueryError

TextTest = Callable[[str], bool]

SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
BYTES = {None: 1.0, "K": 1024.0, "M": 1024.0**2, "G": 1024.0**3, "T": 1024.0**4}
"""Lower case is time, upper case is bytes: ``5m`` are minutes, ``5M`` are mebibytes."""

_AMOUNT = re.compile(r"(-?)([0-9]+(?:\.[0-9]+)?)(?:%|([KMGT])(?:i?B)?)?")
_DURATION = re.compile(r"(-?)((?:[0-9]+(?:\.[0-9]+)?[smhdw])+)")
_DURATION_PIECE = re.compile(r"([0-9.]+)([smhdw])")
_NETWORK = re.compile(r"[0-9a-fA-F.:]+/\d+")


def number(text: str) -> float | None:
    """``80``, ``50%``, ``1h``, ``1h30m``, ``2.5G`` as a number (seconds, bytes); None if it is none."""
    if found := _AMOUNT.fullmatch(text):
        size = float(found[2]) * BYTES[found[3]]
    elif found := _DURATION.fullmatch(text):
        size = sum(float(figures) * SECONDS[unit] for figures, unit in _DURATION_PIECE.findall(found[2]))
    else:
        return None
    return -size if found[1] else size


def decimals(text: str) -> int:
    """How many decimal places a number was written with."""
    return len(re.sub(r"[^\d]", "", text.partition(".")[2]))


def text_test(word: Word) -> TextTest:
    """What tells whether a whole text is what ``word`` asks for: a network, an address, a pattern.

    Upper and lower case are the same. The test takes texts as they are, not folded.
    Raises QueryError for a network that is none.
    """
    if word.is_plain and _NETWORK.fullmatch(word.text):
        return _network_test(word)
    if word.is_plain and (address := _address(word.text)) is not None:
        return lambda text: _address(text) == address
    return pattern_test(word)


def pattern_test(word: Word) -> TextTest:
    """What tells whether a whole text is ``word``; ``*`` stands for anything, ``?`` for one character."""
    if not word.has("*") and not word.has("?"):
        wanted = word.text.casefold()
        return lambda text: text.casefold() == wanted
    matches = re.compile(_regular_expression(word), re.DOTALL).fullmatch
    return lambda text: matches(text.casefold()) is not None


def _regular_expression(word: Word) -> str:
    """The pattern of ``word``.

    Each piece behind a ``*`` is an atomic group, so that what was found is never tried again:
    ``*a*a*a*a*b`` costs no more than a few passes over the text.
    """
    first, *others = ("".join(map(_one, part.text, part.quoted)) for part in word.split("*"))
    if not others:
        return first
    return first + "".join(f"(?>.*?{piece})" for piece in others[:-1]) + ".*" + others[-1]


def _one(character: str, quoted: bool) -> str:
    return "." if character == "?" and not quoted else re.escape(character.casefold())


def _network_test(word: Word) -> TextTest:
    try:
        network = ip_network(word.text, strict=False)
    except ValueError:
        raise QueryError(f"{word.text} is no network (10.0.0.0/8 is one)", word.position) from None
    version = network.version

    def inside(text: str) -> bool:
        address = _address(text)
        return address is not None and address.version == version and address in network

    return inside


@lru_cache(maxsize=4_096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as text shows it: ``::ffff:10.0.0.7`` is 10.0.0.7, a zone (``%eth0``) says nothing of the network."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
