"""Sealing: what of a connection's frames only the two ends can read or make (docs/protocol.md)."""

import os
from binascii import Error as BadBase64
from binascii import a2b_base64, hexlify

from whotop.probe.linux.chacha20_poly1305 import seal, unseal
from whotop.probe.linux.hpke import KEY_BYTES, MODE_PSK, SEAL_NONCE_BYTES, KeySchedule, encapsulated
from whotop.probe.linux.x25519 import NoSecret

SEAL_PURPOSE = b"whotop/1"
DOWN_KEY = b"whotop/1 down key"
DOWN_NONCE = b"whotop/1 down nonce"


class BadOffer(Exception):  # noqa: N818 - it is not an error of the probe
    """Whotop's offer to seal cannot be taken."""


class DirectionSeal:
    """The key of one direction. The frame's own number makes each nonce, so that none comes twice."""

    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._key = key
        self._nonce = int.from_bytes(nonce, "big")

    def seal(self, sequence: int, header: bytes, payload: bytes) -> bytes:
        """Give the payload sealed: 16 bytes longer."""
        return seal(self._key, self._nonce_of(sequence), payload, header)

    def unseal(self, sequence: int, header: bytes, sealed: bytes) -> bytes:
        """Give the payload; raises Tampered."""
        return unseal(self._key, self._nonce_of(sequence), sealed, header)

    def _nonce_of(self, sequence: int) -> bytes:
        return (self._nonce ^ sequence).to_bytes(SEAL_NONCE_BYTES, "big")


class Sealing:
    """Both directions of one connection, and ``enc``: the answer to whotop's offer, in hexadecimal."""

    def __init__(self, offer: object, connection: str, source_digest: bytes) -> None:
        """Take an offer of the connection whose nonce is given; raises BadOffer."""
        public, psk = offered_key(offer, "public_key"), offered_key(offer, "psk")
        identity = connection.encode("ascii")
        try:
            shared, enc = encapsulated(os.urandom(KEY_BYTES), public)
        except NoSecret as error:
            raise BadOffer(str(error)) from error
        keys = KeySchedule(MODE_PSK, shared, SEAL_PURPOSE + identity + source_digest, psk, identity)
        self.enc = hexlify(enc).decode("ascii")
        self.up = DirectionSeal(keys.key, keys.nonce)
        self.down = DirectionSeal(keys.export(DOWN_KEY, KEY_BYTES), keys.export(DOWN_NONCE, SEAL_NONCE_BYTES))


def offered_key(offer: object, name: str) -> bytes:
    """Give one of the keys of an offer."""
    text = offer.get(name) if isinstance(offer, dict) else None
    try:
        key = a2b_base64(text) if isinstance(text, str) else b""
    except (BadBase64, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadOffer("no " + name + " to seal with")
    return key
