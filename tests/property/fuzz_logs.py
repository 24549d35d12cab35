"""Logs as what fuzzing is tried on: lines of text, of the journal, of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone

from tests.property.fuzz_wire import cut
from whotop.clock import SECOND_US
from whotop.model import Origin
from whotop.parse import journal
from whotop.parse.auth_log import AuthLog
from whotop.parse.journal_export import JournalExport
from whotop.parse.json_log import json_log_lines
from whotop.parse.log_line import LogLine
from whotop.parse.login_log import LoginLog

MACHINE = "web-01"
NOON_US = 1_763_726_400_000_000
"""2025-11-21 12:00 UTC."""
ZONE = timezone(timedelta(hours=2))


def read_auth_log(data: bytes) -> Iterator[object]:
    """A text log, cut where its first byte says."""
    log = AuthLog(ZONE)
    lines = [line for piece in cut(data) for line in log.lines(piece, NOON_US)] + log.finish()
    return _understood(lines, Origin.AUTH_LOG)


def read_messages(data: bytes) -> Iterator[object]:
    """Lines of ``PROGRAM: MESSAGE``, a second apart: what sshd, PAM, login, logind and dropbear say."""
    lines = [
        LogLine(time_us=NOON_US + number * SECOND_US, program=program, message=message, pid=1 + number % 3)
        for number, line in enumerate(data.split(b"\n"))
        for program, _, message in [line.partition(b": ")]
    ]
    return _understood(lines, Origin.AUTH_LOG)


def read_journal(data: bytes) -> Iterator[object]:
    """Entries as lines of JSON."""
    return _understood(journal.lines(data.split(b"\n")), Origin.JOURNAL)


def read_journal_export(data: bytes) -> Iterator[object]:
    """Entries in the export format, cut where the first byte says."""
    export = JournalExport()
    lines = [line for piece in cut(data) for line in export.lines(piece)] + export.finish()
    return _understood(lines, Origin.JOURNAL)


def read_json_log(data: bytes) -> Iterator[object]:
    """JSON in any layout, and macOS's."""
    return _understood(list(json_log_lines(data)), Origin.JOURNAL)


def _understood(lines: list[LogLine], origin: Origin) -> Iterator[object]:
    log = LoginLog(MACHINE, origin)
    yield log.events(lines)
    yield log.unsettled_since_us
    yield log.settle(NOON_US + 86_400 * SECOND_US)
    yield log.finish()
