"""The probe's ChaCha20-Poly1305, by the vectors that others publish and beside cryptography's."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.poly1305 import Poly1305
from hypothesis import given
from hypothesis import strategies as st

from tests.published_vectors import wycheproof_chacha20_poly1305
from whotop.probe.linux.chacha20 import key_stream
from whotop.probe.linux.chacha20_poly1305 import Tampered, seal, unseal
from whotop.probe.linux.poly1305 import poly1305

KEYS = st.binary(min_size=32, max_size=32)
NONCES = st.binary(min_size=12, max_size=12)
ORDERED_KEY = bytes(range(32))


def test_a_block_is_that_of_rfc_8439() -> None:
    """§2.3.2."""
    stream = key_stream(ORDERED_KEY, bytes.fromhex("000000090000004a00000000"), 1, 64)
    assert stream.hex() == (
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
    )


def test_a_tag_is_that_of_rfc_8439() -> None:
    """§2.5.2."""
    key = bytes.fromhex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b")
    assert poly1305(key, b"Cryptographic Forum Research Group").hex() == "a8061dc1305136c6c22b8baf0c0127a9"


@pytest.mark.parametrize(
    ("key", "message", "tag"),
    [
        ("00" * 32, "00" * 64, "00" * 16),
        ("02" + "00" * 31, "ff" * 16, "03" + "00" * 15),
        ("02" + "00" * 15 + "ff" * 16, "02" + "00" * 15, "03" + "00" * 15),
        ("01" + "00" * 31, "ff" * 16 + "f0" + "ff" * 15 + "11" + "00" * 15, "05" + "00" * 15),
        ("01" + "00" * 31, "ff" * 16 + "fb" + "fe" * 15 + "01" * 16, "00" * 16),
        ("02" + "00" * 31, "fd" + "ff" * 15, "fa" + "ff" * 15),
    ],
)
def test_tags_at_the_edges_of_its_field_are_those_of_rfc_8439(key: str, message: str, tag: str) -> None:
    """Appendix A.3, vectors 1 and 7 to 11."""
    assert poly1305(bytes.fromhex(key), bytes.fromhex(message)).hex() == tag


def test_it_passes_every_case_of_wycheproof() -> None:
    for case in wycheproof_chacha20_poly1305():
        key, nonce, header, message, sealed, tag = (
            bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "msg", "ct", "tag")
        )
        if case["result"] == "invalid":
            with pytest.raises(Tampered):
                unseal(key, nonce, sealed + tag, header)
        else:
            assert seal(key, nonce, message, header) == sealed + tag, f"case {case['tcId']}"
            assert unseal(key, nonce, sealed + tag, header) == message, f"case {case['tcId']}"


@given(key=KEYS, nonce=NONCES, message=st.binary(max_size=20_000), header=st.binary(max_size=80))
def test_it_agrees_with_cryptography(key: bytes, nonce: bytes, message: bytes, header: bytes) -> None:
    sealed = ChaCha20Poly1305(key).encrypt(nonce, message, header)
    assert seal(key, nonce, message, header) == sealed
    assert unseal(key, nonce, sealed, header) == message


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 4_031, 4_032, 4_033, 8_192, 262_128])
def test_no_size_is_an_edge(size: int) -> None:
    key, nonce, message = b"k" * 32, b"n" * 12, bytes(number % 251 for number in range(size))
    assert seal(key, nonce, message, b"head") == ChaCha20Poly1305(key).encrypt(nonce, message, b"head")


@given(key=KEYS, nonce=NONCES, counter=st.integers(0, 2**32 - 1_000), size=st.integers(0, 20_000))
def test_the_stream_is_cryptographys(key: bytes, nonce: bytes, counter: int, size: int) -> None:
    stream = Cipher(algorithms.ChaCha20(key, counter.to_bytes(4, "little") + nonce), None).encryptor()
    assert key_stream(key, nonce, counter, size)[:size] == stream.update(bytes(size))


@given(key=KEYS, message=st.binary(max_size=2_000))
def test_the_tag_is_cryptographys(key: bytes, message: bytes) -> None:
    assert poly1305(key, message) == Poly1305.generate_tag(key, message)


@given(data=st.data(), message=st.binary(max_size=300), header=st.binary(max_size=40))
def test_one_bit_that_is_another_is_found(data: st.DataObject, message: bytes, header: bytes) -> None:
    key, nonce = b"k" * 32, b"n" * 12
    whole = header + seal(key, nonce, message, header)
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    altered = (int.from_bytes(whole, "little") ^ 1 << bit).to_bytes(len(whole), "little")
    with pytest.raises(Tampered):
        unseal(key, nonce, altered[len(header) :], altered[: len(header)])


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 15, b"x" * 16])
def test_what_is_too_short_for_a_tag_was_not_sealed(sealed: bytes) -> None:
    with pytest.raises(Tampered):
        unseal(b"k" * 32, b"n" * 12, sealed, b"")
