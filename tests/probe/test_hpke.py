"""The probe's HPKE, by the vectors of RFC 9180 (appendix A.2)."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.published_vectors import hpke
from whotop.probe.linux.hmac_sha256 import hmac_sha256
from whotop.probe.linux.hpke import KeySchedule, encapsulated
from whotop.probe.linux.sealing import DirectionSeal

BASE, PSK = 0, 1
MODES = pytest.mark.parametrize("mode", [BASE, PSK])


def schedule_of(vector: dict[str, Any]) -> KeySchedule:
    shared, _ = encapsulated(bytes.fromhex(vector["skEm"]), bytes.fromhex(vector["pkRm"]))
    psk, psk_id = bytes.fromhex(vector.get("psk", "")), bytes.fromhex(vector.get("psk_id", ""))
    return KeySchedule(bytes([vector["mode"]]), shared, bytes.fromhex(vector["info"]), psk, psk_id)


@MODES
def test_the_secret_is_shared_as_the_rfc_says(mode: int) -> None:
    vector = hpke(mode)
    shared, enc = encapsulated(bytes.fromhex(vector["skEm"]), bytes.fromhex(vector["pkRm"]))
    assert (shared.hex(), enc.hex()) == (vector["shared_secret"], vector["enc"])


@MODES
def test_the_keys_are_those_of_the_rfc(mode: int) -> None:
    vector = hpke(mode)
    keys = schedule_of(vector)
    assert (keys.key.hex(), keys.nonce.hex()) == (vector["key"], vector["base_nonce"])


@MODES
def test_every_encryption_of_the_rfc_is_made_and_opened(mode: int) -> None:
    vector = hpke(mode)
    keys = schedule_of(vector)
    seal = DirectionSeal(keys.key, keys.nonce)
    for number, encryption in enumerate(vector["encryptions"]):
        message, header = bytes.fromhex(encryption["pt"]), bytes.fromhex(encryption["aad"])
        sealed = seal.seal(number, header, message)
        assert sealed.hex() == encryption["ct"], f"number {number}"
        assert seal.unseal(number, header, sealed) == message


@MODES
def test_every_export_of_the_rfc_is_made(mode: int) -> None:
    vector = hpke(mode)
    keys = schedule_of(vector)
    for export in vector["exports"]:
        context = bytes.fromhex(export["exporter_context"])
        assert keys.export(context, export["L"]).hex() == export["exported_value"]


@given(key=st.binary(max_size=64), message=st.binary(max_size=300))
def test_its_hmac_is_the_librarys(key: bytes, message: bytes) -> None:
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")
