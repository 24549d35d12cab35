"""What sealing costs at both ends, a frame and a connection, beside cryptography alone.

    python -m bench.sealing

The probe's code is plain Python and runs here in this process. The budgets: 0.15 ms to seal 1 KB on
the machine, 5 µs to open a frame of 400 bytes in the collector.
"""

from __future__ import annotations

import os
import time
from base64 import b64encode
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from whotop import probe
from whotop.probe.linux.sealing import DirectionSeal, Sealing
from whotop.wire.sealing import FrameSeal, Recipient

SIZES_BYTES = (400, 1_024, 4_096, 16_384)
SPAN_SECONDS = 0.02
SPANS = 25
SEAL_1_KB_US = 150.0
OPEN_400_BYTES_US = 5.0
KEY, NONCE, HEADER = bytes(range(32)), bytes(range(12)), b"\0" * 10
CONNECTION = "ab" * 16


def least_us(action: Callable[[], object]) -> float:
    """CPU time of one call, the least of some spans of many calls: what is beyond it is the neighbours'."""
    calls = 1
    while (spent := span_seconds(action, calls)) < SPAN_SECONDS:
        calls = max(calls * 2, int(calls * SPAN_SECONDS / max(spent, 1e-9)))
    return min(span_seconds(action, calls) for _ in range(SPANS)) / calls * 1e6


def span_seconds(action: Callable[[], object], calls: int) -> float:
    """CPU time of so many calls."""
    began = time.process_time()
    for _ in range(calls):
        action()
    return time.process_time() - began


def verdict(spent_us: float, budget_us: float) -> str:
    """Whether a budget is met."""
    return f"budget {budget_us:g} us  {'met' if spent_us <= budget_us else 'MISSED'}"


def of_a_frame(size_bytes: int) -> tuple[float, float, float]:
    """What the probe needs to seal it, the collector to open it, and cryptography alone to do that."""
    payload = os.urandom(size_bytes)
    sealed = ChaCha20Poly1305(KEY).encrypt(NONCE, payload, HEADER)
    at_the_probe, in_the_collector, alone = DirectionSeal(KEY, NONCE), FrameSeal(KEY, NONCE), ChaCha20Poly1305(KEY)
    return (
        least_us(lambda: at_the_probe.seal(0, HEADER, payload)),
        least_us(lambda: in_the_collector.open(0, HEADER, sealed)),
        least_us(lambda: alone.decrypt(NONCE, sealed, HEADER)),
    )


def of_a_connection() -> tuple[float, float]:
    """What the probe needs to take an offer, and the collector to make one and take the answer."""
    digest = probe.source_digest()
    recipient = Recipient(CONNECTION, digest)
    offer = {name: b64encode(getattr(recipient.offer, name)).decode() for name in ("public_key", "psk")}
    enc = bytes.fromhex(Sealing(offer, CONNECTION, digest).enc)

    def begun() -> None:
        recipient = Recipient(CONNECTION, digest)
        _ = recipient.offer
        recipient.accept(enc)

    return least_us(lambda: Sealing(offer, CONNECTION, digest)), least_us(begun)


def main() -> None:
    """Print the table."""
    print(f"{'a frame of':>12}{'probe seals':>14}{'collector opens':>18}{'cryptography alone':>20}")
    for size_bytes in SIZES_BYTES:
        seal_us, open_us, alone_us = of_a_frame(size_bytes)
        note = ""
        if size_bytes == 1_024:
            note = verdict(seal_us, SEAL_1_KB_US)
        elif size_bytes == 400:
            note = verdict(open_us, OPEN_400_BYTES_US)
        print(f"{size_bytes:>10} B{seal_us:>11.1f} us{open_us:>15.2f} us{alone_us:>17.2f} us  {note}")
    probe_us, collector_us = of_a_connection()
    print(f"a connection: {probe_us / 1000:.2f} ms at the probe, {collector_us / 1000:.3f} ms in the collector")


if __name__ == "__main__":
    main()
