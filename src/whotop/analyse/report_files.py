"""Who is on which machine, from files of login events of any kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo
from pathlib import Path

from whotop.analyse.record_files import RecordFile
from whotop.clock import Clock, SystemClock
from whotop.core.report import Report, report_of_sessions
from whotop.core.tracker import SessionTracker


def report_files(
    paths: Iterable[str | Path], at_us: int | None = None, zone: tzinfo = UTC, clock: Clock | None = None
) -> tuple[Report, int]:
    """The report of all events up to ``at_us`` (default: of all), and how many logouts had no login.

    ``-`` is standard input; of what kind each is, is seen by how it begins. ``zone`` is that of
    dates without an offset, and of the report. Several files are one stream of events: what one
    says twice, or two of them say, counts once. Raises InputError for a file that cannot be read.
    """
    made_us = (clock or SystemClock()).now_us()
    events = [event for path in paths for event in RecordFile(str(path), zone, made_us).events()]
    if at_us is not None:
        events = [event for event in events if event.time_us <= at_us]
    # Stable, so that equal times keep the order of the files and of their rows.
    events.sort(key=lambda event: event.time_us)
    tracker = SessionTracker()
    for event in events:
        tracker.apply(event)
    machines = dict.fromkeys(event.machine for event in events)
    report = report_of_sessions(
        machines, tracker.open_sessions(), made_us=made_us, at_us=made_us if at_us is None else at_us, zone=zone
    )
    return report, tracker.unmatched_logouts
