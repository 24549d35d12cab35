"""Sealing: HPKE (RFC 9180) on the primitives of ``cryptography``, and what one connection makes of it.

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 in mode_psk. The collector is
the recipient: it makes a key pair and a pre-shared key for each connection and sends both to the
probe, which is the sender. docs/protocol.md says how frames use the keys.
"""

from __future__ import annotations

import hmac
import os
import re
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec.structs import replace

from whotop.errors import WireError
from whotop.wire.messages import SealOffer, Start

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
MODE_PSK = b"\x01"

_KEM_SUITE = b"KEM\x00\x20"
_HPKE_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"
_PURPOSE = b"whotop/1"
_ENC = re.compile(rb" ([0-9a-f]{64})")


class FrameSeal:
    """Seals, or opens, the frames of one direction: each has the nonce that its number makes."""

    __slots__ = ("_cipher", "_nonce")

    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._nonce = int.from_bytes(nonce, "big")

    def seal(self, sequence: int, header: bytes, payload: bytes) -> bytes:
        """Give ``payload`` sealed, 16 bytes longer; ``header`` stays open and may not be altered either."""
        return self._cipher.encrypt((self._nonce ^ sequence).to_bytes(NONCE_BYTES, "big"), payload, header)

    def open(self, sequence: int, header: bytes, sealed: bytes) -> bytes:
        """Give the payload. Raises WireError when it was altered, or sealed by somebody else."""
        try:
            return self._cipher.decrypt((self._nonce ^ sequence).to_bytes(NONCE_BYTES, "big"), sealed, header)
        except InvalidTag:
            raise WireError("a sealed frame that does not open: somebody altered it on its way") from None


class FrameOpener(Protocol):
    """Opens sealed frames, each with its number and its header."""

    def open(self, sequence: int, header: bytes, sealed: bytes) -> bytes:
        """Give the payload. Raises WireError when it is not what was sealed."""
        ...


class Seals(NamedTuple):
    """Those of a connection's two directions."""

    up: FrameSeal
    down: FrameSeal


class OneWay(NamedTuple):
    """Where only what comes up is sealed."""

    up: FrameOpener
    down: None = None


class Recipient:
    """The collector's end of one connection's secret."""

    def __init__(self, connection: str, source_digest: bytes) -> None:
        """``connection`` is the nonce of its start frame, the digest SHA-256 of the probe that it starts."""
        self._private = X25519PrivateKey.generate()
        self._psk = os.urandom(KEY_BYTES)
        self._connection = connection
        self._source_digest = source_digest

    @property
    def offer(self) -> SealOffer:
        """What the probe has to know to seal."""
        return SealOffer(public_key=self._private.public_key().public_bytes_raw(), psk=self._psk)

    def asked(self, start: Start) -> Start:
        """The start frame that makes the offer."""
        return replace(start, seal=self.offer)

    def agreed(self, answer: bytes) -> Seals:
        """What the preamble's answer agrees on. Raises WireError for one that agrees on nothing."""
        enc = _ENC.fullmatch(answer)
        if enc is None:
            raise WireError("the probe was asked to seal its frames, and does not")
        return self.accept(bytes.fromhex(enc[1].decode("ascii")))

    def accept(self, enc: bytes) -> Seals:
        """Give the seals that the probe's ``enc`` makes. Raises WireError for one that hides nothing."""
        return _seals(decapsulated(enc, self._private), self._connection, self._source_digest, self._psk)


def answered(offer: SealOffer, connection: str, source_digest: bytes) -> tuple[bytes, Seals]:
    """Take an offer at the far end: what to answer, and the seals of both directions.

    Probes have their own code for this (``probe/linux/sealing.py``); simulated machines use this.
    """
    ephemeral = X25519PrivateKey.generate()
    shared, enc = encapsulated(ephemeral, offer.public_key)
    return enc, _seals(shared, connection, source_digest, offer.psk)


def _seals(shared: bytes, connection: str, source_digest: bytes, psk: bytes) -> Seals:
    identity = connection.encode("ascii")
    keys = KeySchedule(MODE_PSK, shared, _PURPOSE + identity + source_digest, psk, identity)
    down_key, down_nonce = (
        keys.export(b"whotop/1 down key", KEY_BYTES),
        keys.export(b"whotop/1 down nonce", NONCE_BYTES),
    )
    return Seals(FrameSeal(keys.key, keys.nonce), FrameSeal(down_key, down_nonce))


# --- RFC 9180 ------------------------------------------------------------------------------------


def encapsulated(ephemeral: X25519PrivateKey, recipient: bytes) -> tuple[bytes, bytes]:
    """Give the secret shared with the owner of a public key, and ``enc``, which tells them of it (§4.1)."""
    enc = ephemeral.public_key().public_bytes_raw()
    return _shared(_agreed(ephemeral, recipient), enc + recipient), enc


def decapsulated(enc: bytes, private: X25519PrivateKey) -> bytes:
    """Give the shared secret that ``enc`` tells of (§4.1). Raises WireError when there is none in it."""
    return _shared(_agreed(private, enc), enc + private.public_key().public_bytes_raw())


def _agreed(private: X25519PrivateKey, public: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:  # of another length, or one of the few that make every secret zero (RFC 7748 §6.1)
        raise WireError("a key that makes no secret") from None


def _shared(agreed: bytes, context: bytes) -> bytes:
    secret = _extracted(_KEM_SUITE, b"", b"eae_prk", agreed)
    return _expanded(_KEM_SUITE, secret, b"shared_secret", context, KEY_BYTES)


class KeySchedule:
    """What is made of a shared secret (§5.1): ``key`` and ``nonce`` of what goes to the recipient."""

    def __init__(self, mode: bytes, shared: bytes, info: bytes, psk: bytes, psk_id: bytes) -> None:
        id_hash = _extracted(_HPKE_SUITE, b"", b"psk_id_hash", psk_id)
        context = mode + id_hash + _extracted(_HPKE_SUITE, b"", b"info_hash", info)
        secret = _extracted(_HPKE_SUITE, shared, b"secret", psk)
        self.key = _expanded(_HPKE_SUITE, secret, b"key", context, KEY_BYTES)
        self.nonce = _expanded(_HPKE_SUITE, secret, b"base_nonce", context, NONCE_BYTES)
        self._exporter = _expanded(_HPKE_SUITE, secret, b"exp", context, KEY_BYTES)

    def export(self, context: bytes, size: int) -> bytes:
        """Give at most 32 bytes of another secret, which both ends know by its name (§5.3)."""
        return _expanded(_HPKE_SUITE, self._exporter, b"sec", context, size)


def _extracted(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    """LabeledExtract (§4): HKDF's is one HMAC."""
    return hmac.digest(salt, b"HPKE-v1" + suite + label + material, "sha256")


def _expanded(suite: bytes, secret: bytes, label: bytes, info: bytes, size: int) -> bytes:
    """LabeledExpand (§4): up to 32 bytes, HKDF's is one HMAC as well."""
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\x01"
    return hmac.digest(secret, labelled, "sha256")[:size]
