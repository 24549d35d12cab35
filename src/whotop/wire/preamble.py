"""The preamble: the line with which a probe's output begins, whatever a noisy shell wrote before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from whotop.errors import WireError
from whotop.wire import limits

if TYPE_CHECKING:  # whoever reads plain frames alone need not load ``cryptography``
    from whotop.wire.sealing import OneWay, Seals

_LONGEST_ANSWER = 65
_NOISE = (
    f"no answer from the probe in the first {limits.NOISE_BYTES // 1024} KiB of its output "
    "(a shell start-up that writes?)"
)


class Recipient(Protocol):
    """Who asked for sealed frames, and knows what to make of the answer."""

    def agreed(self, answer: bytes) -> Seals | OneWay | None:
        """What the words behind the nonce agree on; None: nothing. Raises WireError for any other answer."""
        ...


def preamble(nonce: str, enc: bytes = b"") -> bytes:
    """Give the line that a probe writes before its first frame; with ``enc``, all its frames are sealed."""
    words = ["whotop-probe/1", nonce] + ([enc.hex()] if enc else [])
    return " ".join(words).encode("ascii") + b"\n"


class PreambleReader:
    """Looks for the line of the probe that knows the nonce, in at most 64 KiB of noise before it.

    With a recipient the line tells how its offer was answered; without one it must not.
    """

    def __init__(self, nonce: str, recipient: Recipient | None) -> None:
        self.seals: Seals | OneWay | None = None
        """Of both directions, once the line has told them."""
        self._sought = preamble(nonce)[:-1]
        self._recipient = recipient
        self._buffer = bytearray()
        self._is_found = False

    def feed(self, data: bytes) -> bytes | None:
        """Give what follows the line; None while it has not come. Raises WireError when it cannot come any more."""
        searched = max(len(self._buffer) - len(self._sought), 0)
        self._buffer += data
        if not self._is_found:
            self._skip_noise(searched)
        if not self._is_found:
            return None
        line, newline, rest = bytes(self._buffer).partition(b"\n")
        answer = line[len(self._sought) :]
        if len(answer) > _LONGEST_ANSWER:
            raise WireError("a preamble without an end")
        if not newline:
            return None
        self._agree(answer)
        return rest

    def _skip_noise(self, searched: int) -> None:
        at = self._buffer.find(self._sought, searched)
        if at > limits.NOISE_BYTES or (at < 0 and len(self._buffer) > limits.NOISE_BYTES + len(self._sought)):
            raise WireError(_NOISE)
        if at >= 0:
            del self._buffer[:at]
            self._is_found = True

    def _agree(self, answer: bytes) -> None:
        if self._recipient is None:
            if answer:
                raise WireError("a sealed answer, which was not asked for")
            return
        self.seals = self._recipient.agreed(answer)
        self._recipient = None
