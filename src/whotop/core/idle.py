"""How long a session has had no input."""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.model import Sample, Session


def last_input_us(session: Session, sample: Sample | None) -> int | None:
    """When the session's terminal last had input, by whotop's clock.

    The terminal's own access time is by the machine's clock. None where there is no terminal, or no
    reading of it: of a session that began after the reading, none is known.
    """
    if sample is None or not session.tty:
        return None
    for last_input in sample.last_inputs:
        if last_input.tty == session.tty:
            return max(last_input.time_us, session.login_us) - sample.skew_us
    return None


def idle_seconds(session: Session, sample: Sample | None, at_us: int) -> float | None:
    """Seconds from the last input on the session's terminal until ``at_us`` (whotop's clock), as ``w`` counts."""
    input_us = last_input_us(session, sample)
    return None if input_us is None else max(at_us - input_us, 0) / SECOND_US
