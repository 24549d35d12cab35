"""HPKE (RFC 9180): a secret agreed on with the owner of a public key, and the keys made of it.

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; whotop uses it with a
pre-shared key (mode_psk), so that nobody who only knows the public key can pass for the probe.
"""

from whotop.probe.linux.hmac_sha256 import hmac_sha256
from whotop.probe.linux.x25519 import X25519_BASE, x25519

KEM_SUITE = b"KEM\x00\x20"
HPKE_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"
MODE_PSK = b"\x01"
KEY_BYTES = 32
SEAL_NONCE_BYTES = 12


def extracted(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    """Give LabeledExtract (§4)."""
    return hmac_sha256(salt, b"HPKE-v1" + suite + label + material)


def expanded(suite: bytes, secret: bytes, label: bytes, info: bytes, size: int) -> bytes:
    """Give LabeledExpand (§4) of at most 32 bytes: all that this suite needs."""
    return hmac_sha256(secret, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\x01")[:size]


def encapsulated(private: bytes, recipient: bytes) -> "tuple[bytes, bytes]":
    """Give the secret shared with the owner of a public key, and ``enc``, which tells them of it (§4.1)."""
    enc = x25519(private, X25519_BASE)
    agreed = extracted(KEM_SUITE, b"", b"eae_prk", x25519(private, recipient))
    return expanded(KEM_SUITE, agreed, b"shared_secret", enc + recipient, KEY_BYTES), enc


class KeySchedule:
    """The keys of one connection (§5.1): ``key`` and ``nonce`` for what goes to the recipient."""

    def __init__(self, mode: bytes, shared: bytes, info: bytes, psk: bytes, psk_id: bytes) -> None:
        id_hash = extracted(HPKE_SUITE, b"", b"psk_id_hash", psk_id)
        context = mode + id_hash + extracted(HPKE_SUITE, b"", b"info_hash", info)
        secret = extracted(HPKE_SUITE, shared, b"secret", psk)
        self.key = expanded(HPKE_SUITE, secret, b"key", context, KEY_BYTES)
        self.nonce = expanded(HPKE_SUITE, secret, b"base_nonce", context, SEAL_NONCE_BYTES)
        self._exporter = expanded(HPKE_SUITE, secret, b"exp", context, KEY_BYTES)

    def export(self, context: bytes, size: int) -> bytes:
        """Give at most 32 bytes of another secret, which both ends know by its name (§5.3)."""
        return expanded(HPKE_SUITE, self._exporter, b"sec", context, size)
