"""When what is sent: a few messages at once each by itself, many as one, and failures again later."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from whotop.clock import MINUTE_US, SECOND_US
from whotop.config.notify_settings import NotifyTable
from whotop.model.delivery import Delivery, DeliveryKind
from whotop.notify.digest import SINGLE_KINDS

FIRST_RETRY_US = 30 * SECOND_US
LONGEST_RETRY_US = 30 * MINUTE_US
"""RFC 5321, 4.5.4.1 asks for half an hour between attempts; alerts begin sooner."""
_DOUBLINGS = 6
SPREAD = 0.2


class Pace:
    """How fast one target may be told."""

    def __init__(self, table: NotifyTable) -> None:
        self._within_us = round(table.digest_within_seconds * SECOND_US)
        self._at_once = table.digest_from - 1
        self._sent_us: deque[int] = deque()

    def plan(self, waiting: Sequence[Delivery], now_us: int) -> tuple[list[Delivery], list[Delivery]]:
        """What is sent now each by itself, and what is sent now as one; the rest waits until ``free_us``."""
        single = [delivery for delivery in waiting if delivery.kind in SINGLE_KINDS]
        others = [delivery for delivery in waiting if delivery.kind not in SINGLE_KINDS]
        room = self._room(now_us)
        if len(others) <= room:
            return single + others, []
        return (single, others) if room > 0 else (single, [])

    def sent(self, delivery: Delivery, now_us: int) -> None:
        """A message went out. Security events take nobody's place."""
        if delivery.kind is not DeliveryKind.EVENTS:
            self._sent_us.append(now_us)

    def free_us(self) -> int:
        """When the next one may."""
        return self._sent_us[0] + self._within_us if len(self._sent_us) >= self._at_once else 0

    def _room(self, now_us: int) -> int:
        while self._sent_us and now_us - self._sent_us[0] >= self._within_us:
            self._sent_us.popleft()
        return self._at_once - len(self._sent_us)


def retry_us(attempts: int, now_us: int, chance: Callable[[], float]) -> int:
    """When to try again after so many attempts: 30 s, doubled each time up to half an hour, a fifth more or less."""
    pause_us = min(FIRST_RETRY_US << min(attempts - 1, _DOUBLINGS), LONGEST_RETRY_US)
    return now_us + round(pause_us * (1 - SPREAD + 2 * SPREAD * chance()))
