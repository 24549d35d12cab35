from __future__ import annotations

import struct
import subprocess
from base64 import b64encode, encodebytes
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.errors import WireError
from whotop.wire.envelope import ANSWER, EnvelopeOpener, EnvelopeRecipient, certificate
from whotop.wire.messages import Start

NONCE = "0123456789abcdef"
HEADER = struct.pack(">IBBI", 0, 2, 2, 7)
CONTENT = b'0123456789abcdef 2 7\n{"type":"figures"}'


def enveloped(content: bytes, folder: Path) -> bytes:
    """As the shell's probe makes it."""
    pem = folder / "certificate.pem"
    lines = encodebytes(certificate()).decode()
    pem.write_text(f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n")
    command = ["openssl", "cms", "-encrypt", "-binary", "-aes-256-gcm", "-outform", "DER", "-recip"]
    options = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"]
    made = subprocess.run([*command, str(pem), *options], input=content, capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no OpenSSL 3 here")
    return made.stdout


@pytest.fixture(scope="module")
def envelope(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return enveloped(CONTENT, tmp_path_factory.mktemp("key"))


@cache
def opener() -> EnvelopeOpener:
    return EnvelopeOpener(NONCE)


def test_what_openssl_has_put_into_an_envelope_is_taken_out(envelope: bytes) -> None:
    assert opener().open(7, HEADER, b64encode(envelope)) == b'{"type":"figures"}'


@pytest.mark.parametrize(
    ("connection", "sequence", "header"),
    [
        ("another", 7, HEADER),
        (NONCE, 8, HEADER),
        (NONCE, 7, struct.pack(">IBBI", 0, 3, 2, 7)),
    ],
    ids=["another connection", "another number", "another type"],
)
def test_an_envelope_of_another_frame_is_refused(
    envelope: bytes, connection: str, sequence: int, header: bytes
) -> None:
    with pytest.raises(WireError, match="an envelope of another frame"):
        EnvelopeOpener(connection).open(sequence, header, b64encode(envelope))


def test_no_altered_byte_changes_what_is_inside(envelope: bytes) -> None:
    """Some bytes of an envelope (whose key it is, names of algorithms) say nothing that is used."""
    for place in range(len(envelope)):
        altered = bytearray(envelope)
        altered[place] ^= 1
        try:
            content = opener().open(7, HEADER, b64encode(bytes(altered)))
        except WireError:
            continue
        assert content == b'{"type":"figures"}'


def test_an_envelope_that_is_cut_off_anywhere_is_refused(envelope: bytes) -> None:
    for size in range(0, len(envelope), 5):
        with pytest.raises(WireError):
            opener().open(7, HEADER, b64encode(envelope[:size]))


@given(st.binary(max_size=200))
def test_nothing_else_opens(noise: bytes) -> None:
    for sealed in (noise, b64encode(noise)):
        with pytest.raises(WireError):
            opener().open(7, HEADER, sealed)


def test_the_start_carries_the_certificate() -> None:
    assert EnvelopeRecipient(NONCE).asked(Start()).certificate == certificate()


def test_a_shell_may_say_that_it_cannot_but_nothing_else() -> None:
    recipient = EnvelopeRecipient(NONCE)
    assert recipient.agreed(b"") is None
    assert recipient.agreed(ANSWER) is not None
    with pytest.raises(WireError, match="was not asked for"):
        recipient.agreed(b" pgp")
