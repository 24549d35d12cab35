"""Last words: what is left of a probe that ended, and what they say to the reader of the machine's row."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whotop import probe
from whotop.errors import ProbeError
from whotop.text import safe

LINE_LIMIT = 160
_NO_LOGIN = re.compile(rb"(?i)account .*not available|account is (?:currently )?disabled|nologin")
_RESTRICTED = re.compile(rb"(?i)\brestricted\b")


@dataclass(frozen=True, slots=True)
class LastWords:
    """The exit status, and the ends of what was written before it."""

    status: int | None = None
    complaint: bytes = b""
    """Standard error."""
    noise: bytes = b""
    """Standard output, where the probe had not answered there yet."""

    @property
    def line(self) -> str:
        """The last line of standard error, as safe text."""
        return last_line(self.complaint)


def why_not_started(words: LastWords) -> ProbeError:
    """Say in one line why no probe answered."""
    noise = last_line(words.noise)
    if words.status == probe.NO_PYTHON_STATUS:
        return ProbeError(words.line or "no Python 3.6 or newer on the machine")
    if words.status == probe.NO_UPLOAD_STATUS and words.line:
        return ProbeError(f'{words.line} (set TMPDIR there, or start = "stdin")')
    if _NO_LOGIN.search(words.noise + words.complaint):
        return ProbeError(f"the account may not log in (its shell is nologin): {words.line or noise}")
    if _RESTRICTED.search(words.complaint):
        return ProbeError(f"the account's login shell is a restricted one: {words.line}")
    if words.line:
        return ProbeError(f"the probe did not start: {words.line}")
    if noise:
        return ProbeError(f"something else than the probe answers (a forced command?): {noise}")
    return ProbeError("the probe did not start: its connection was closed without a word")


def last_line(output: bytes) -> str:
    """The last line that is not blank, as safe text."""
    lines = [line for line in output.splitlines() if line.strip()]
    return safe(lines[-1].strip(), LINE_LIMIT) if lines else ""
