"""Who is on which machine, from files of login events of any kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo
from pathlib import Path

from msgspec.structs import replace

from whotop.analyse.progress import Progress, unseen
from whotop.analyse.record_files import PassOver, Reading
from whotop.analyse.record_stream import record_stream
from whotop.analyse.time_order import TimeOrder
from whotop.clock import HOUR_US, Clock, SystemClock
from whotop.core.failure_book import FailureBook
from whotop.core.failures import FailedOnce
from whotop.core.report import Report, report_of_sessions
from whotop.core.report_failures import FAILURES_KEPT, reported_failures
from whotop.core.tracker import SessionTracker
from whotop.model import Event, EventKind
from whotop.parse.event_row import TableForm


def report_files(
    paths: Iterable[str | Path],
    at_us: int | None = None,
    zone: tzinfo = UTC,
    clock: Clock | None = None,
    *,
    form: TableForm | None = None,
    progress: Progress = unseen,
    pass_over: PassOver | None = None,
) -> tuple[Report, int]:
    """The report of all events up to ``at_us`` (default: of all), and how many logouts had no login.

    ``-`` is standard input, a folder all login records in it; of what kind each file is, is seen by
    how it begins. ``zone`` is that of dates without an offset, and of the report; ``form`` is how
    tables are written, where they are not as usual. Several files are one stream of events: what one
    says twice, or two of them say, counts once. Failed logins are those of the 24 hours before
    ``at_us``, or before the last event. Raises InputError for a file that cannot be read; one that
    was only found in a folder, and records of a damaged log, are told to ``pass_over`` where it is given.
    """
    made_us = (clock or SystemClock()).now_us()
    reading = Reading(zone=zone, now_us=made_us, form=form, progress=progress, pass_over=pass_over)
    told = _Told()
    with TimeOrder() as order:
        for event in record_stream(map(str, paths), reading, order):
            if at_us is not None and event.time_us > at_us:
                break
            told.add(event)
    at_or_made_us = made_us if at_us is None else at_us
    report = report_of_sessions(
        told.machines, told.tracker.open_sessions(), made_us=made_us, at_us=at_or_made_us, zone=zone
    )
    return told.with_failures(report, at_us), told.tracker.unmatched_logouts


ENDED_KEPT_US = HOUR_US
"""Nothing that comes in the order of time corrects a session that ended so long before."""
FORGETS_EVERY = 10_000
"""Events."""


class _Told:
    """What the events up to now have told."""

    def __init__(self) -> None:
        self.tracker = SessionTracker()
        self.machines: dict[str, None] = {}
        """In the order of their first events."""
        self._failures = FailureBook()
        self._failed_once = FailedOnce()
        self._last_us = 0
        self._until_forgetting = FORGETS_EVERY

    def add(self, event: Event) -> None:
        """Take in the next event."""
        if event.machine not in self.machines:
            self.machines[event.machine] = None
        self._last_us = event.time_us
        transitions = self.tracker.apply(event)
        if event.kind is EventKind.FAILED_LOGIN:
            noted = transitions[0].event
            if noted is not None and self._failed_once.is_news(noted):
                self._failures.add(noted)
        self._until_forgetting -= 1
        if not self._until_forgetting:
            self._until_forgetting = FORGETS_EVERY
            self.tracker.expire(event.time_us - ENDED_KEPT_US)

    def with_failures(self, report: Report, at_us: int | None) -> Report:
        """The report with the failed logins, if there were any at all."""
        if not len(self._failures):
            return report
        failures = reported_failures(self._failures, self._last_us if at_us is None else at_us)
        totals = replace(report.totals, failed_logins=sum(one.count for one in failures))
        return replace(report, totals=totals, failed_logins=failures[:FAILURES_KEPT])
