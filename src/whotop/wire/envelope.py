"""Envelopes: how a shell seals its frames, with ``openssl cms`` of OpenSSL 3 (RFC 5083, AuthEnvelopedData).

A shell has no ciphers, and ``openssl enc`` none that is authentic. ``cryptography`` opens no such
envelope, so its DER is taken apart here; the ciphers are its own. Anyone who knows the certificate
can make an envelope: that the probe made it is SSH's word alone. What is inside names its
connection, type and number, so none can be repeated, left out or put elsewhere.
"""

from __future__ import annotations

import binascii
import struct
from datetime import datetime
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from whotop.errors import WireError
from whotop.wire.messages import Start
from whotop.wire.sealing import OneWay

ANSWER = b" cms"
"""What the preamble says behind the nonce where the shell's openssl can do it."""
KEY_BITS = 2048
_SEQUENCE, _OCTETS, _CONTENT = 0x30, 0x04, 0x80
_HEADER = struct.Struct(">IBBI")
_FOREVER = (datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  UTC is meant, and nobody looks at it


@cache
def _key() -> RSAPrivateKey:
    """One key for as long as whotop runs: making it takes 0.1 s."""
    return generate_private_key(65_537, KEY_BITS)


@cache
def certificate() -> bytes:
    """The certificate of the key, in DER; make it where nothing waits."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whotop")])
    unsigned = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    unsigned = unsigned.not_valid_before(_FOREVER[0]).not_valid_after(_FOREVER[1]).public_key(_key().public_key())
    return unsigned.sign(_key(), SHA256()).public_bytes(Encoding.DER)


class EnvelopeRecipient:
    """The collector's end of a connection whose probe seals if its openssl can."""

    def __init__(self, connection: str) -> None:
        self._connection = connection

    def asked(self, start: Start) -> Start:
        """The start frame that asks for it."""
        return replace(start, certificate=certificate())

    def agreed(self, answer: bytes) -> OneWay | None:
        """What the preamble's answer agrees on; None: SSH alone protects what comes."""
        if answer not in (b"", ANSWER):
            raise WireError("an answer that was not asked for")
        return OneWay(EnvelopeOpener(self._connection)) if answer else None


class EnvelopeOpener:
    """Opens the frames of one connection."""

    def __init__(self, connection: str) -> None:
        self._connection = connection

    def open(self, sequence: int, header: bytes, sealed: bytes) -> bytes:
        """Give the payload. Raises WireError for an envelope that does not open, or belongs elsewhere."""
        number = _HEADER.unpack(header)[1]
        try:
            content = _opened(binascii.a2b_base64(sealed))
        except (ValueError, InvalidTag, IndexError):
            raise WireError("an envelope that does not open") from None
        label, newline, payload = content.partition(b"\n")
        if not newline or label != f"{self._connection} {number} {sequence}".encode("ascii"):
            raise WireError("an envelope of another frame")
        return payload


def _opened(der: bytes) -> bytes:
    """The content of a ContentInfo with an AuthEnvelopedData for our key."""
    _, envelope = _parts(_one(der, _SEQUENCE))
    _, recipients, encrypted, mac = _parts(_one(envelope[1], _SEQUENCE))
    *_, wrapped = _parts(_one(recipients[1], _SEQUENCE))
    _, algorithm, content = _parts(encrypted[1])
    nonce = _one(_parts(_parts(algorithm[1])[1][1])[0], _OCTETS)
    key = _key().decrypt(_of(wrapped, _OCTETS), OAEP(MGF1(SHA256()), SHA256(), None))
    return AESGCM(key).decrypt(nonce, _of(content, _CONTENT) + _of(mac, _OCTETS), None)


# --- DER (X.690), as far as an envelope goes: definite lengths, tags of one byte ---------------------


Part = tuple[int, bytes]
"""Tag and content."""


def _parts(content: bytes) -> list[Part]:
    parts: list[Part] = []
    place = 0
    while place < len(content):
        tag, size = content[place], content[place + 1]
        place += 2
        if size & 0x80:
            more = size & 0x7F
            if not 1 <= more <= 3:
                raise ValueError("a length that no envelope has")
            size = int.from_bytes(content[place : place + more], "big")
            place += more
        if place + size > len(content):
            raise ValueError("cut off")
        parts.append((tag, content[place : place + size]))
        place += size
    return parts


def _of(part: Part, tag: int) -> bytes:
    if part[0] != tag:
        raise ValueError("something else than was expected")
    return part[1]


def _one(content: bytes | Part, tag: int) -> bytes:
    """The content of the only part there is."""
    part = _parts(content)[0] if isinstance(content, bytes) else content
    return _of(part, tag)
