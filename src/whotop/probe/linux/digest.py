"""BLAKE2b of 16 bytes, which tells one file of records from another."""

try:
    # hashlib loads OpenSSL: 1.9 MB of private memory for one function that Python has itself.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

SPAN_BYTES = 384
"""How much is digested: at a file's head, and before a cursor."""


def digest(data: bytes) -> bytes:
    """Give the digest of ``data``."""
    return bytes(blake2b(data, digest_size=16).digest())
