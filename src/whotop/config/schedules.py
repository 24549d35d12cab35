"""When something is to be done again and again, as cron writes it: ``30 1 * * *`` is half past one every day.

Five fields (minute, hour, day, month, day of the week) in UTC; cronsim evaluates them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

LONGEST = 1_000
"""Every minute of an hour by its number is 169 characters."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Schedule:
    """A schedule that was understood. Raises ValueError, one clear line."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > LONGEST:
            raise ValueError(f"a schedule has at most {LONGEST} characters")
        try:
            next(CronSim(text, _EPOCH))
        except (CronSimError, StopIteration) as error:
            why = str(error) or "it never comes"
            raise ValueError(f'"{text}" is no schedule: {why} (write it as cron does: "30 1 * * *")') from None

    def next_us(self, after_us: int) -> int:
        """The first time after a moment, µs since 1970."""
        moment = next(CronSim(self.text, _EPOCH + after_us * _MICROSECOND))
        return (moment - _EPOCH) // _MICROSECOND
