"""The failed logins of a report: who was tried from where, the most often tried first."""

from __future__ import annotations

import msgspec

from whotop.core.failure_book import FailureBook

FAILURES_KEPT = 100
"""Rows of a report; how many logins failed in all is told whatever their number."""


class ReportedFailures(msgspec.Struct, frozen=True, kw_only=True):
    """Failed logins of one user from one source on one machine, of the last 24 hours."""

    machine: str
    user: str
    source: str = ""
    tty: str = ""
    """Of the latest."""
    count: int
    last_us: int


def reported_failures(book: FailureBook, at_us: int) -> tuple[ReportedFailures, ...]:
    """All that a book has counted in the day before."""
    found = [
        ReportedFailures(
            machine=tally.key.machine,
            user=tally.key.user,
            source=tally.key.source,
            tty=tally.tty,
            count=count,
            last_us=tally.last_us,
        )
        for tally in book.all.values()
        if (count := tally.counts.in_day(at_us))
    ]
    return tuple(sorted(found, key=lambda failures: (-failures.count, -failures.last_us, failures.machine)))
