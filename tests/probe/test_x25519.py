"""The probe's X25519, by the vectors that others publish and beside an implementation that others trust."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.published_vectors import wycheproof_x25519
from whotop.probe.linux.x25519 import X25519_BASE, NoSecret, x25519

KEYS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(
    ("scalar", "point", "product"),
    [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ],
)
def test_it_gives_what_rfc_7748_says(scalar: str, point: str, product: str) -> None:
    assert x25519(bytes.fromhex(scalar), bytes.fromhex(point)).hex() == product


@pytest.mark.parametrize(
    ("times", "product"),
    [
        (1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"),
        pytest.param(1_000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", marks=pytest.mark.long),
    ],
)
def test_over_and_over_again_it_gives_what_rfc_7748_says(times: int, product: str) -> None:
    scalar = point = X25519_BASE
    for _ in range(times):
        scalar, point = x25519(scalar, point), scalar
    assert scalar.hex() == product


def test_two_strangers_of_rfc_7748_agree() -> None:
    """§6.1: Bob's key, and what Alice sends him."""
    bob = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    alice = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    assert x25519(bob, X25519_BASE).hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    assert x25519(bob, alice).hex() == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"


def test_it_passes_every_case_of_wycheproof() -> None:
    for case in wycheproof_x25519():
        scalar, point = bytes.fromhex(case["private"]), bytes.fromhex(case["public"])
        if not any(bytes.fromhex(case["shared"])):
            with pytest.raises(NoSecret):
                x25519(scalar, point)
        else:
            assert x25519(scalar, point).hex() == case["shared"], f"case {case['tcId']}"


@given(private=KEYS, public=KEYS)
@settings(max_examples=50)
def test_it_agrees_with_cryptography(private: bytes, public: bytes) -> None:
    ours = X25519PrivateKey.from_private_bytes(private)
    theirs = X25519PublicKey.from_public_bytes(public)
    try:
        assert x25519(private, public) == ours.exchange(theirs)
    except NoSecret:
        with pytest.raises(ValueError, match="shared key"):
            ours.exchange(theirs)


@pytest.mark.parametrize("number", [0, 1, 2**255 - 19, 2**255 - 20, 2**255 - 18])
def test_a_point_of_low_order_makes_no_secret(number: int) -> None:
    with pytest.raises(NoSecret):
        x25519(b"\x42" * 32, number.to_bytes(32, "little"))
