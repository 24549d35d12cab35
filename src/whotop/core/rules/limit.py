"""A figure stays over its limit: what the rules about CPU, memory, swap, disks and load share.

A limit compares as numbers, strictly greater. The alert opens when the figure has been over its
limit for a time, and resolves at once when it has fallen some way below, or when it has been at or
under the limit for that same time. With a time of nothing the first reading over the limit opens
the alert and the first that is not over resolves it: the older collector's XML means that.

The limits are those that administrators of that collector set by hand; the times and the
hysteresis are ours, for it mailed on every poll.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from math import isfinite
from typing import ClassVar, TypeAlias

import msgspec

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.machine_tables import LoadTable, PercentTable
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Sample

_GAP_US = MINUTE_US
"""Samples further apart than this (or than three intervals) do not make a time together."""
_PAUSE_US = 120 * MINUTE_US
"""…but for the first after a start: a run an hour (``collect --once``) knows of no other readings."""
_TELL_EVERY_US = MINUTE_US
"""How old what is stored of the last reading may be."""

Table: TypeAlias = PercentTable | LoadTable
Place = tuple[str, str]
"""Machine and subject."""


class Course(msgspec.Struct):
    """How long a figure has been on one side of its limit."""

    is_over: bool
    since_us: int
    last_us: int
    told_us: int
    """The last reading that the store knows of."""
    gap_us: int = 0
    """How long after the last reading the next one may come, if not as usual."""


class Limit(Rule):
    """Watches one figure of all machines. Only figures that are over, or have an alert, are remembered."""

    rule: ClassVar[str]
    material: ClassVar[float]
    """An open alert is worded anew when its figure has moved this far."""

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._context = context
        table: Table = getattr(context.settings, self.rule)
        self._settings = context.scoped(table)
        self._courses: dict[Place, Course] = {}
        self._changed: set[Place] = set()

    @abstractmethod
    def reading(self, sample: Sample) -> float | None:
        """The figure in a sample."""

    @abstractmethod
    def words(self, subject: str, value: float, limit: float) -> str:
        """What is said of a figure over its limit."""

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """Compare the figure with its limit; a sample without it says nothing."""
        value = self.reading(sample)
        return [] if value is None else self.measure(sample.machine, "", value, now_us)

    def measure(self, machine: str, subject: str, value: float, now_us: int) -> list[Alert]:
        """A reading of one figure; what is no number says nothing."""
        if not isfinite(value):
            return []
        settings = self._settings.at(machine)
        if value > settings.limit and settings.on:
            return self._over((machine, subject), settings, value, now_us)
        if (machine, subject) in self._courses or self.alerts.get(self.rule, machine, subject) is not None:
            return self._under((machine, subject), settings, value, now_us)
        return []

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        for place in [place for place in self._courses if place[0] == machine]:
            self._drop(place)

    def state(self) -> Mapping[tuple[str, str], object]:
        """Since when figures are over their limits, by machine and subject."""
        changed, self._changed = self._changed, set()
        return {(self.rule, "\t".join(place)): self._stored(place) for place in changed}

    def restore_state(self, rule: str, subject: str, state: object) -> None:
        """Go on where the last run ended."""
        machine, separator, of_machine = subject.partition("\t")
        match state:
            case [bool(is_over), int(since_us), int(last_us)] if separator:
                course = Course(is_over, since_us, last_us, last_us, _PAUSE_US)
                self._courses.setdefault((machine, of_machine), course)

    def _over(self, place: Place, settings: Table, value: float, now_us: int) -> list[Alert]:
        since_us = self._since_us(place, now_us, is_over=True)
        standing = self.alerts.get(self.rule, *place)
        if standing is None and now_us - since_us < settings.for_seconds * SECOND_US:
            return []
        if standing is not None and not self._is_news(standing, settings, value):
            return []
        machine, subject = place
        finding = Finding(
            rule=self.rule,
            machine=machine,
            subject=subject,
            level=settings.level,
            text=self.words(subject, value, settings.limit),
            value=value,
            limit=settings.limit,
            opened_us=since_us,
        )
        return self.alerts.found(finding, now_us)

    def _is_news(self, standing: Alert, settings: Table, value: float) -> bool:
        is_as_told = standing.limit == settings.limit and standing.level == settings.level
        return not is_as_told or standing.value is None or abs(standing.value - value) >= self.material

    def _under(self, place: Place, settings: Table, value: float, now_us: int) -> list[Alert]:
        is_far_below = value <= settings.resolve_at or not settings.on
        if not is_far_below and self.alerts.get(self.rule, *place) is not None:
            since_us = self._since_us(place, now_us, is_over=False)
            if now_us - since_us < settings.for_seconds * SECOND_US:
                return []
        self._drop(place)
        return self.alerts.over(self.rule, *place, now_us)

    def _since_us(self, place: Place, now_us: int, *, is_over: bool) -> int:
        """Since when the figure has been on this side of its limit, this reading included."""
        course = self._courses.get(place)
        if course is None or course.is_over is not is_over or now_us - course.last_us > self._gap_us(place, course):
            course = self._courses[place] = Course(is_over, now_us, now_us, now_us)
            self._changed.add(place)
        course.last_us, course.gap_us = now_us, 0
        if now_us - course.told_us >= _TELL_EVERY_US:
            course.told_us = now_us
            self._changed.add(place)
        return course.since_us

    def _gap_us(self, place: Place, course: Course) -> int:
        return course.gap_us or max(_GAP_US, 3 * self._context.interval_us(place[0]))

    def _drop(self, place: Place) -> None:
        if self._courses.pop(place, None) is not None:
            self._changed.add(place)

    def _stored(self, place: Place) -> object:
        course = self._courses.get(place)
        return None if course is None else [course.is_over, course.since_us, course.last_us]
