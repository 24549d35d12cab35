"""ChaCha20-Poly1305 (RFC 8439 §2.8): bytes that only those with the key can read, or have made."""

import struct

from whotop.probe.linux.chacha20 import key_stream
from whotop.probe.linux.poly1305 import poly1305

TAG_BYTES = 16
BLOCK_BYTES = 64
SIZES = struct.Struct("<QQ")


class Tampered(Exception):  # noqa: N818 - it is not an error of the probe
    """What is to be opened was not sealed so with this key."""


def seal(key: bytes, nonce: bytes, message: bytes, header: bytes) -> bytes:
    """Give ``message`` sealed, with its tag behind it, which holds for the open ``header`` too."""
    stream = key_stream(key, nonce, 0, BLOCK_BYTES + len(message))
    sealed = crossed(message, stream)
    return sealed + tag_of(sealed, header, stream)


def unseal(key: bytes, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    """Give the message again; raises Tampered.

    The tags are not compared in constant time: a wrong one ends the connection and its keys, so
    that nobody can try twice.
    """
    stream = key_stream(key, nonce, 0, BLOCK_BYTES + len(sealed))
    message, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    if tag != tag_of(message, header, stream):
        raise Tampered("a frame that was altered")
    return crossed(message, stream)


def crossed(message: bytes, stream: bytes) -> bytes:
    """Give ``message`` XOR the stream behind its first block, which is the tag's key."""
    size = len(message)
    mask = int.from_bytes(stream[BLOCK_BYTES : BLOCK_BYTES + size], "little")
    return (int.from_bytes(message, "little") ^ mask).to_bytes(size, "little")


def tag_of(sealed: bytes, header: bytes, stream: bytes) -> bytes:
    """Give the tag of a sealed message and its header."""
    sizes = SIZES.pack(len(header), len(sealed))
    return poly1305(stream[:32], header + bytes(-len(header) % 16) + sealed + bytes(-len(sealed) % 16) + sizes)
