"""A report as CSV (RFC 4180): a row per session, one for each machine without any, and failed logins.

A spreadsheet runs a cell that begins like a formula, so such text gets an apostrophe before it
(OWASP "CSV Injection"), also behind spaces, quotes and semicolons, which another country's
spreadsheet takes for the end of a cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from whotop.core.report import Report, ReportedMachine
from whotop.render.moments import iso_moment
from whotop.text import counted

COLUMNS = ("machine", "state", "user", "tty", "from", "since", "idle_seconds", "as_of", "note")

_FORMULA = re.compile(r"(^|;)(?=[\s\"']*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")


def csv_table(report: Report) -> str:
    """The table with its header, every cell but numbers in quotes, lines ending in CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", text)


def _rows(report: Report) -> Iterator[tuple[str | float, ...]]:
    for machine in report.machines:
        yield from _of_machine(machine, report, "")
    for machine in report.not_reached:
        yield from _of_machine(machine, report, machine.reason)
    for machine in report.cannot_tell:
        yield from _of_machine(machine, report, "cannot tell who is logged in")
    for failures in report.failed_logins:
        note = f"{counted(failures.count, 'failed login')} in 24 hours, the last then"
        last = iso_moment(failures.last_us, report.zone)
        yield (failures.machine, "failed", failures.user, failures.tty, failures.source, last, "", "", note)


def _of_machine(machine: ReportedMachine, report: Report, note: str) -> Iterator[tuple[str | float, ...]]:
    state = str(machine.state or "")
    as_of = iso_moment(machine.as_of_us, report.zone) if machine.as_of_us else ""
    for session in machine.sessions:
        idle = "" if session.idle_seconds is None else session.idle_seconds
        since = iso_moment(session.since_us, report.zone)
        yield (machine.name, state, session.user, session.tty, session.source, since, idle, as_of, note)
    if not machine.sessions:
        yield (machine.name, state, "", "", "", "", "", as_of, note)
