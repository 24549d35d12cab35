"""When somebody was logged in: a line a day, drawn over the hours of that day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from whotop.clock import SECOND_US
from whotop.model import Session
from whotop.text import duration
from whotop.tui.views.times import local
from whotop.tui.views.view import Span

DAYS = 14
_LABEL_WIDTH = 8
_TOTAL_WIDTH = 8
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Spell = tuple[int, int]
"""From when until when, µs on whotop's clock."""


def spells_of(sessions: Iterable[Session], now_us: int) -> list[Spell]:
    """When at least one of the sessions was open, in order, overlaps joined."""
    spells: list[Spell] = []
    for start_us, end_us in sorted(_spell(session, now_us) for session in sessions):
        if spells and start_us <= spells[-1][1]:
            spells[-1] = (spells[-1][0], max(spells[-1][1], end_us))
        else:
            spells.append((start_us, end_us))
    return spells


def _spell(session: Session, now_us: int) -> Spell:
    end_us = now_us if session.logout_us is None else session.logout_us - session.skew_us
    return session.fleet_login_us, max(end_us, session.fleet_login_us)


def lanes(spells: Sequence[Spell], now_us: int, zone: tzinfo, width: int, height: int) -> list[list[Span]]:
    """The hours as a ruler, then at most 14 days, today first: ``Fri 20  ····━━━━····  2h 14m``."""
    across = width - _LABEL_WIDTH - _TOTAL_WIDTH - 1
    if across < 6:
        return [[("too narrow", "dim")]]
    midnight = local(now_us, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=number) for number in range(min(DAYS, max(height - 1, 0)))]
    return [_ruler(across), *(_lane(spells, day, now_us, across) for day in days)]


def _ruler(across: int) -> list[Span]:
    marks = [" "] * across
    for hour in (0, 6, 12, 18):
        for place, character in enumerate(f"{hour:02d}"):
            marks[min(hour * across // 24 + place, across - 1)] = character
    return [(" " * _LABEL_WIDTH + "".join(marks), "header")]


def _lane(spells: Sequence[Spell], day: datetime, now_us: int, across: int) -> list[Span]:
    # Midnight to midnight on the wall: 23 or 25 hours where clocks change.
    start_us, end_us = _us(day), _us((day + timedelta(days=1)).replace(hour=0))
    edges = [start_us + (end_us - start_us) * step // across for step in range(across + 1)]
    inside = [(max(begin, start_us), min(end, end_us)) for begin, end in spells if begin < end_us and end >= start_us]
    spans: list[Span] = [(f" {_NAMES[day.weekday()]} {day.day:02d} ", "time")]
    for left, right in pairwise(edges):
        spans.append(_cell(any(begin < right and end >= left for begin, end in inside), left > now_us))
    logged_in_us = sum(end - begin for begin, end in inside)
    total = duration(logged_in_us / SECOND_US) if inside else ""
    return [*_joined(spans), (total.rjust(_TOTAL_WIDTH), "normal")]


def _cell(is_on: bool, is_future: bool) -> Span:
    if is_on:
        return ("━", "chart")
    return (" ", "dim") if is_future else ("·", "dim")


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * SECOND_US)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for text, role in spans:
        if joined and joined[-1][1] == role:
            joined[-1] = (joined[-1][0] + text, role)
        else:
            joined.append((text, role))
    return joined
