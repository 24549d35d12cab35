"""The log of a whotop without a screen: one line each on standard error, as text or as JSON.

What whotop itself has to say is told; of libraries, and of single connections, only warnings, unless more
is asked for. No line can be forged by what a machine sends (``cli.log.OneLine``; JSON escapes).
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from whotop.cli.log import OneLine

LogFormat = Literal["text", "json"]
TOLD = ("whotop.monitor", "whotop.cli")
"""What says things that concern the whole; the other rooms talk of single connections."""
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""Of syslog(3), as sd-daemon(3) writes them before a line."""


def start_service_log(log_format: LogFormat, *, level: int) -> None:
    """Log to standard error from ``level`` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(log_format))
    handler.setLevel(level)
    handler.addFilter(_concerns_the_whole if level > logging.DEBUG else _is_ours)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(level, root.level or level))


def _formatter(log_format: LogFormat) -> logging.Formatter:
    if log_format == "json":
        return JsonLines()
    if is_journal(os.environ, sys.stderr.fileno()):
        return JournalLines("%(message)s")
    return OneLine("%(asctime)s %(levelname)s %(message)s")


def _concerns_the_whole(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.startswith(TOLD)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO or record.name.startswith("whotop.")


def is_journal(environment: Mapping[str, str], descriptor: int) -> bool:
    """Whether a descriptor leads to systemd's journal, which keeps time and priority itself."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


class JournalLines(OneLine):
    """Each line with its priority before it, which the journal takes off."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines."""
        priority = f"<{_PRIORITIES.get(record.levelno, 6)}>"
        return "\n".join(priority + line for line in super().format(record).split("\n"))


class JsonLines(logging.Formatter):
    """Each message as one JSON object: time, level, logger, message, and what ``fields`` it has."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, on one line of ASCII."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)
