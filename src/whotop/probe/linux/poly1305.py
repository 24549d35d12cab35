"""Poly1305 (RFC 8439 §2.5): sixteen bytes that only those with the key can put under a message."""

import struct

POLY_PRIME = 2**130 - 5
POLY_CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
POLY_BLOCK_BYTES = 16
FOUR_BLOCKS = struct.Struct("16s16s16s16s")
WHOLE_BLOCK = 1 << 128
"""What is added to each block, so that its zeros count."""


def poly1305(key: bytes, message: bytes) -> bytes:
    """Give the tag of ``message`` under a key of 32 bytes that is used for this message alone."""
    r = int.from_bytes(key[:16], "little") & POLY_CLAMP
    end = len(message) & -POLY_BLOCK_BYTES
    odd = end % FOUR_BLOCKS.size
    total = 0
    for at in range(0, odd, POLY_BLOCK_BYTES):
        block = int.from_bytes(message[at : at + POLY_BLOCK_BYTES], "little")
        total = (total + block + WHOLE_BLOCK) * r % POLY_PRIME
    total = by_fours(total, message[odd:end], r)
    if end < len(message):
        total = (total + int.from_bytes(message[end:] + b"\x01", "little")) * r % POLY_PRIME
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def by_fours(total: int, blocks: bytes, r: int) -> int:
    """Go on with ``blocks``, whose number is a multiple of four: one division for four of them."""
    prime, number = POLY_PRIME, int.from_bytes
    r2 = r * r % prime
    r3, r4 = r2 * r % prime, r2 * r2 % prime
    ones = (r4 + r3 + r2 + r) * WHOLE_BLOCK
    for a, b, c, d in FOUR_BLOCKS.iter_unpack(blocks):
        total = (total + number(a, "little")) * r4 + number(b, "little") * r3
        total = (total + number(c, "little") * r2 + number(d, "little") * r + ones) % prime
    return total
