"""Condensed figures as text: the minutes of an hour, or the hours of 30 days, in one row.

A row of its own for each minute would be 7 million rows a day for 5,000 machines. A chunk's text is
JSON arrays joined by commas, so that a minute is added by appending, and ``[`` + text + ``]`` is a
JSON array that SQL can read too. Each array is ``core.feed.MinuteFigures`` in order, but that its time
counts periods from the chunk's start and figures are rounded to what a screen shows.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from whotop.clock import DAY_US, HOUR_US, SECOND_US
from whotop.core.feed import MinuteFigures

MINUTE_SECONDS = 60
HOUR_SECONDS = 3_600
SPAN_US = {MINUTE_SECONDS: HOUR_US, HOUR_SECONDS: 30 * DAY_US}
"""How long a chunk of each resolution lasts."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[MinuteFigures]).decode


def chunk_start_us(time_us: int, resolution_seconds: int) -> int:
    """Where the chunk begins that holds ``time_us``."""
    return time_us - time_us % SPAN_US[resolution_seconds]


def pack(figures: MinuteFigures, resolution_seconds: int) -> str:
    """One period as it is appended to its chunk."""
    offset_us = figures.time_us - chunk_start_us(figures.time_us, resolution_seconds)
    return _encode(
        MinuteFigures(
            time_us=offset_us // (resolution_seconds * SECOND_US),
            samples=figures.samples,
            cpu_mean=_tenths(figures.cpu_mean),
            cpu_max=_tenths(figures.cpu_max),
            memory_mean=_tenths(figures.memory_mean),
            swap_mean=_tenths(figures.swap_mean),
            load_mean=_hundredths(figures.load_mean),
            load_max=_hundredths(figures.load_max),
            disk_max=_tenths(figures.disk_max),
            sessions_max=figures.sessions_max,
        )
    ).decode()


def unpack(text: str, start_us: int, resolution_seconds: int) -> list[MinuteFigures]:
    """A chunk's periods, oldest first; what was written in two parts is joined."""
    period_us = resolution_seconds * SECOND_US
    return joined(
        msgspec.structs.replace(packed, time_us=start_us + packed.time_us * period_us)
        for packed in _decode(f"[{text}]")
    )


def joined(periods: Iterable[MinuteFigures], period_us: int = 1) -> list[MinuteFigures]:
    """Those that begin within the same ``period_us`` as one, oldest first."""
    parts: dict[int, list[MinuteFigures]] = {}
    for figures in periods:
        parts.setdefault(figures.time_us - figures.time_us % period_us, []).append(figures)
    return [
        found[0] if len(found) == 1 and found[0].time_us == time_us else condense(found, time_us)
        for time_us, found in sorted(parts.items())
    ]


def condense(periods: Iterable[MinuteFigures], time_us: int) -> MinuteFigures:
    """Several periods as one that begins at ``time_us``; means weigh by the number of samples."""
    parts = list(periods)
    return MinuteFigures(
        time_us=time_us,
        samples=sum(part.samples for part in parts),
        cpu_mean=_mean((part.cpu_mean, part.samples) for part in parts),
        cpu_max=_highest(part.cpu_max for part in parts),
        memory_mean=_mean((part.memory_mean, part.samples) for part in parts),
        swap_mean=_mean((part.swap_mean, part.samples) for part in parts),
        load_mean=_mean((part.load_mean, part.samples) for part in parts),
        load_max=_highest(part.load_max for part in parts),
        disk_max=_highest(part.disk_max for part in parts),
        sessions_max=max((part.sessions_max for part in parts), default=0),
    )


def _mean(weighed: Iterable[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in weighed if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _hundredths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
