"""Rule ``logins`` in sliding windows and gaps: these have no place of their own, and may go on for ever.

An alert lasts as long as its source's logins follow each other within the size. It tells of the most
logins that were in one series.
"""

from __future__ import annotations

import msgspec

from whotop.clock import SECOND_US
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.login_tables import LoginsTable
from whotop.core.rules.many_logins import GRACE_US
from whotop.core.rules.scoped import Scoped
from whotop.core.rules.series_words import RULE, SeriesWords
from whotop.core.windows import Series
from whotop.model import Alert


class Course(msgspec.Struct):
    """What one source has been doing for a while."""

    last_us: int
    """When its latest login was."""
    tell_at: int
    """At how many logins it is told again."""
    untold: Series | None = None
    is_late: bool = False
    """Whether ``untold`` has grown by late logins."""


class LastingLogins:
    """Watches series grow."""

    def __init__(self, settings: Scoped[LoginsTable], alerts: OpenAlerts) -> None:
        self._alerts = alerts
        self._words = SeriesWords(settings)
        self._size_us = round(settings.everywhere.window_seconds * SECOND_US)
        self._courses: dict[str, Course] = {}
        """By source, those that go on."""
        self._past: dict[tuple[str, int], tuple[Series, bool]] = {}
        """By source and time: series that were over before they were known, and whether late logins told of them."""

    def judge(self, series: Series, now_us: int, *, late: bool = False) -> list[Alert]:
        """A series has grown by one login."""
        if series.count < self._words.begins(series):
            return []
        if series.last_us + self._size_us < now_us - GRACE_US:
            self._past[series.source, series.first_us] = (series, late)
            return []
        course = self._course(series.source)
        if course is None:
            return self._begin(series, now_us, late=late)
        if series.first_us > course.last_us + self._size_us:
            return self._end(series.source, course) + self._begin(series, now_us, late=late)
        course.last_us = max(course.last_us, series.last_us)
        if series.count >= course.tell_at:
            return self._tell(course, series, now_us, late=late)
        if course.untold is None or series.count >= course.untold.count:
            course.untold, course.is_late = series, late
        return []

    def tick(self, now_us: int) -> list[Alert]:
        """Tell of those that are over, and resolve their alerts."""
        changed = [
            self._alerts.past(self._words.finding(series, late=late), now_us, series.last_us + self._size_us)
            for series, late in self._past.values()
        ]
        self._past.clear()
        for alert in self._alerts.of(RULE, ""):
            course = self._course(alert.subject)
            if course is not None and course.last_us + self._size_us < now_us - GRACE_US:
                changed += self._end(alert.subject, course)
        return changed

    def _course(self, source: str) -> Course | None:
        """What goes on; after a restart, what the alert that stands tells of it."""
        course = self._courses.get(source)
        standing = self._alerts.get(RULE, "", source)
        if course is None and standing is not None:
            course = self._courses[source] = Course(standing.updated_us, self._words.next_told(standing.count))
        return course

    def _begin(self, series: Series, now_us: int, *, late: bool) -> list[Alert]:
        if self._words.is_enough(self._alerts.count(RULE, "")):
            return self._alerts.found(self._words.too_many(series), now_us)
        self._courses[series.source] = Course(series.last_us, self._words.next_told(series.count, series))
        return self._alerts.found(self._words.finding(series, late=late), now_us)

    def _tell(self, course: Course, series: Series, now_us: int, *, late: bool) -> list[Alert]:
        course.untold, course.tell_at = None, self._words.next_told(series.count, series)
        return self._alerts.found(self._words.finding(series, late=late), now_us)

    def _end(self, source: str, course: Course) -> list[Alert]:
        over_us = course.last_us + self._size_us
        changed: list[Alert] = []
        standing = self._alerts.get(RULE, "", source)
        if course.untold is not None and standing is not None and course.untold.count > standing.count:
            changed = self._tell(course, course.untold, over_us, late=course.is_late)
        self._courses.pop(source, None)
        self._words.over(source)
        return changed + self._alerts.over(RULE, "", source, over_us)
