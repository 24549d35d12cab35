"""Where log lines go: to the log file, and never to the screen."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from whotop.cli.options import ConfigOptions
from whotop.config.places import default_log_file
from whotop.config.settings import Settings
from whotop.errors import ConfigError
from whotop.text import safe

LINE_CHARACTERS = 2_000
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_log(settings: Settings, chosen: ConfigOptions) -> None:
    """Open the log file, if one is wanted; ``-v`` alone means the usual one.

    Without one every line is dropped: Python would print warnings over the screen otherwise.
    """
    root = logging.getLogger()
    named = Path(settings.log_file) if settings.log_file else default_log_file() if chosen.verbose else None
    if named is None:
        root.addHandler(logging.NullHandler())
        return
    handler = logging.FileHandler(_openable(named), encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(OneLine(_FORMAT))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if chosen.verbose else logging.INFO)


class OneLine(logging.Formatter):
    """Writes each message as one safe line: libraries log what machines say, who could forge lines or defile them.

    The lines of a traceback follow, each made safe and indented, so that none can pass for a message.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, and below it the traceback if there is one. Nothing that another handler made of it is taken."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        lines = [safe(self.formatMessage(record), LINE_CHARACTERS)]
        if record.exc_info:
            traceback = self.formatException(record.exc_info).split("\n")
            lines += [f"    {safe(line, LINE_CHARACTERS)}" for line in traceback]
        return "\n".join(lines)


def _openable(file: Path) -> Path:
    """``file``, made readable for its owner alone."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise ConfigError(f"the log file cannot be written: {error.strerror}", file=str(file)) from None
    return file
