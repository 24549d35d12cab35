"""Poly1305 (RFC 8439 §2.5): sixteen bytes that only those with the key can put under a message."""

import struct
from operator import mul

POLY_PRIME = 2**130 - 5
POLY_CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
GROUP_BLOCKS = 16
"""So many blocks are multiplied by as many powers of r and reduced once, not after each."""


def poly1305(key: bytes, message: bytes) -> bytes:
    """Give the tag of ``message`` under a key of 32 bytes that is used for this message alone."""
    r = int.from_bytes(key[:16], "little") & POLY_CLAMP
    total = whole_blocks(message, r)
    rest = message[len(message) & -16 :]
    if rest:
        total = (total + int.from_bytes(rest + b"\x01", "little")) * r % POLY_PRIME
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def whole_blocks(message: bytes, r: int) -> int:
    """Give the sum over the message's whole blocks: the last times r, the one before times r², and so on.

    The lower and upper halves of the blocks, which Python takes from bytes faster than whole blocks,
    are summed apart. Blocks of zeros before the first fill its group, and change nothing.
    """
    powers = [r]
    for _ in range(GROUP_BLOCKS - 1):
        powers.insert(0, powers[0] * r % POLY_PRIME)
    blocks = len(message) // 16
    halves = struct.unpack_from("<%dQ" % (2 * blocks), message)
    missing = -blocks % GROUP_BLOCKS
    lower, upper = (0,) * missing + halves[::2], (0,) * missing + halves[1::2]
    ones = sum(powers[missing:]) << 64
    total = 0
    for start in range(0, blocks, GROUP_BLOCKS):
        end = start + GROUP_BLOCKS
        low, high = sum(map(mul, lower[start:end], powers)), sum(map(mul, upper[start:end], powers), ones)
        total = (total * powers[0] + low + (high << 64)) % POLY_PRIME
        ones = sum(powers) << 64
    return total
