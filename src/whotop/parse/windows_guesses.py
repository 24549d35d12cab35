"""Whether a logon over the network comes after failures from the same address: then it is one to tell of.

Otherwise such logons are no logins: file shares make them all day long. Who has guessed a password over
one of them is in, though, and no other event says so (Elastic 4e85dc8a: five failures, then a success).
"""

from __future__ import annotations

from collections import OrderedDict, deque

from whotop.clock import MINUTE_US

FAILURES = 5
WITHIN_US = 10 * MINUTE_US
SOURCES_KEPT = 1_000


class Guesses:
    """The newest failures of one computer, by where they came from."""

    def __init__(self) -> None:
        self._times_us: OrderedDict[str, deque[int]] = OrderedDict()

    def failed(self, source: str, time_us: int) -> None:
        """Take in a failure; one without a source says nothing."""
        if not source:
            return
        self._times_us.setdefault(source, deque(maxlen=FAILURES)).append(time_us)
        self._times_us.move_to_end(source)
        if len(self._times_us) > SOURCES_KEPT:
            self._times_us.popitem(last=False)

    def led_to(self, source: str, time_us: int) -> bool:
        """Whether a logon from there, now, is what the guessing came to."""
        times_us = self._times_us.get(source)
        return times_us is not None and len(times_us) == FAILURES and times_us[0] >= time_us - WITHIN_US
