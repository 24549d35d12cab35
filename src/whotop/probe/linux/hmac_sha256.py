"""HMAC (RFC 2104) with SHA-256: what keys are made from secrets with."""

# hashlib and hmac load OpenSSL: 1.9 MB of private memory for one function that Python has itself.
try:
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256

HASH_BLOCK_BYTES = 64
INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """Give the code of ``message`` under a key of at most 64 bytes."""
    padded = key.ljust(HASH_BLOCK_BYTES, b"\0")
    inner = sha256(padded.translate(INNER_PAD) + message).digest()
    return bytes(sha256(padded.translate(OUTER_PAD) + inner).digest())
