"""Failed logins, each once, whichever of a machine's origins tell of it and however often.

btmp, the journal and auth.log tell of one failure in their own ways and within two seconds of each
other: the nth failure of a user from a source that one of them tells is the nth that another does.
sshd dates btmp records in whole seconds (openssh loginrec.c, record_failed_login), and that of
Ubuntu 18.04 wrote each one twice, equal in all (elastic/beats pull request 10865).
"""

from __future__ import annotations

from collections import OrderedDict

from whotop.clock import SECOND_US
from whotop.core.identity import TOLERANCE_US
from whotop.model import Event, Origin

ATTEMPTS_KEPT = 50_000
"""Over all machines, about 20 MB: what is older is told twice by nobody but whoever changes origins."""
NEAR_KEPT = 256
"""Of one user and source on one machine: within two seconds there are no more."""
BTMP_USER_BYTES = 32
"""``ut_user`` of a login record holds no more (utmp(5))."""

Identity = tuple[str, bytes, str]


class Attempt:
    """One failed login, and the keys of the events that told of it, by origin."""

    __slots__ = ("record", "time_us", "told")

    def __init__(self, event: Event) -> None:
        self.time_us = event.time_us
        self.record = (event.tty, event.login_pid)
        self.told = {event.origin: [event.key]}

    def is_near(self, event: Event) -> bool:
        """Whether two origins may date one attempt so."""
        return -TOLERANCE_US <= self.time_us - event.time_us <= TOLERANCE_US

    def is_told_by(self, event: Event) -> bool:
        """Whether this very event was read before."""
        return event.key in self.told.get(event.origin, ())

    def is_doubled_by(self, event: Event) -> bool:
        """Whether this is the second of two equal records of btmp."""
        return (
            event.origin is Origin.BTMP
            and event.login_pid != 0
            and self.record == (event.tty, event.login_pid)
            and abs(self.time_us - event.time_us) < SECOND_US
            and len(self.told.get(Origin.BTMP, ())) == 1
        )


class FailedOnce:
    """Remembers the newest attempts of all machines."""

    def __init__(self, *, attempts_kept: int = ATTEMPTS_KEPT) -> None:
        self._attempts: OrderedDict[Identity, list[Attempt]] = OrderedDict()
        """By identity, the one that failed last at the end."""
        self._count = 0
        self._attempts_kept = attempts_kept

    def is_news(self, event: Event) -> bool:
        """Take in a failed login with its key; false where it tells of an attempt that is known."""
        identity = _identity(event)
        attempts = self._attempts.pop(identity, [])
        self._attempts[identity] = attempts
        near = [attempt for attempt in attempts if attempt.is_near(event)]
        if any(attempt.is_told_by(event) for attempt in near):
            return False
        known = _same(near, event)
        if known is not None:
            known.told.setdefault(event.origin, []).append(event.key)
            return False
        self._add(attempts, Attempt(event))
        return True

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        for identity in [identity for identity in self._attempts if identity[0] == machine]:
            self._count -= len(self._attempts.pop(identity))

    def _add(self, attempts: list[Attempt], attempt: Attempt) -> None:
        attempts.append(attempt)
        self._count += 1
        if len(attempts) > NEAR_KEPT:
            del attempts[0]
            self._count -= 1
        while self._count > self._attempts_kept:
            self._count -= len(self._attempts.pop(next(iter(self._attempts))))


def _same(near: list[Attempt], event: Event) -> Attempt | None:
    """The earliest attempt of which this origin has not told, else one that it tells twice."""
    for attempt in near:
        if event.origin not in attempt.told:
            return attempt
    return next((attempt for attempt in near if attempt.is_doubled_by(event)), None)


def _identity(event: Event) -> Identity:
    """Machine, user as far as a login record holds it, and source: as received, not as shown."""
    raw = event.raw
    user = event.user.encode("utf-8", "replace") if raw is None or raw.user is None else _bytes(raw.user)
    source = event.source if raw is None or raw.source is None else raw.source
    return event.machine, user[:BTMP_USER_BYTES], source


def _bytes(text: str) -> bytes:
    """``RawText`` holds bytes as Latin-1; what came as text is UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
