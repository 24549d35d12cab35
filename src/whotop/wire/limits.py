"""The bounds of the protocol (docs/protocol.md), and what one machine may send, and cost, in a span of time."""

from __future__ import annotations

from whotop.errors import WireError

HEADER_BYTES = 10
PAYLOAD_BYTES = 262_144
HELLO_BYTES = 16_384
OPENED_BYTES = 1_048_576
"""What a compressed payload may open to."""
NOISE_BYTES = 65_536
"""What may come before the preamble: a banner, a noisy shell start-up."""
COMPRESS_ABOVE_BYTES = 512

BURST_BYTES = 16 * 1_048_576
"""A first contact's history is 7.7 MB of records, 10.2 MB in base64."""
SUSTAINED_BYTES_PER_SECOND = 1_048_576
AT_ONCE_BYTES = 2 * BURST_BYTES
"""What compressed frames that come in one piece may open to: no quota would let more through, and all are held."""


BURST_SECONDS = 2.0
"""A first contact's history takes half a second of a processor."""
SHARE_OF_A_CORE = 0.05


class Share:
    """How much of our processor's time one machine may take, kept across its connections.

    Bytes alone are no measure: what a machine tells costs far more where it was made to. One that has
    taken more than its share is read more slowly, and never refused for it.
    """

    __slots__ = ("_filled_at", "_left_seconds")

    def __init__(self, now: float) -> None:
        self._left_seconds = BURST_SECONDS
        self._filled_at = now

    def charge(self, spent_seconds: float, now: float) -> float:
        """Take what was spent, at ``now`` (monotonic seconds); how many seconds reading must pause."""
        filled = self._left_seconds + max(now - self._filled_at, 0.0) * SHARE_OF_A_CORE
        self._left_seconds = min(filled, BURST_SECONDS) - spent_seconds
        self._filled_at = now
        return max(-self._left_seconds / SHARE_OF_A_CORE, 0.0)


class Quota:
    """A token bucket of opened bytes for one machine, kept across its connections.

    A machine that sends faster than the bucket fills is read more slowly; one that is a whole burst
    in debt (64 KiB of compressed frames can open to 64 MiB) breaks the protocol.
    """

    __slots__ = ("_burst_bytes", "_bytes_per_second", "_filled_at", "_left_bytes")

    def __init__(
        self,
        now: float,
        burst_bytes: int = BURST_BYTES,
        bytes_per_second: float = SUSTAINED_BYTES_PER_SECOND,
    ) -> None:
        self._burst_bytes = burst_bytes
        self._bytes_per_second = bytes_per_second
        self._left_bytes = float(burst_bytes)
        self._filled_at = now

    def charge(self, size_bytes: int, now: float) -> float:
        """Take ``size_bytes`` at ``now`` (monotonic seconds); how many seconds reading must pause.

        Raises WireError when the machine is a whole burst in debt.
        """
        filled = self._left_bytes + max(now - self._filled_at, 0.0) * self._bytes_per_second
        self._left_bytes = min(filled, self._burst_bytes) - size_bytes
        self._filled_at = now
        if self._left_bytes >= 0:
            return 0.0
        if self._left_bytes < -self._burst_bytes:
            raise WireError(f"it sends too much: over {self._burst_bytes // 1_048_576} MiB at once")
        return -self._left_bytes / self._bytes_per_second
