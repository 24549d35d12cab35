"""Failed logins, each once, whichever of a machine's origins tell of it and however often.

btmp, the journal and auth.log tell of one failure in their own ways and within two seconds of each
other: the nth failure of a user from a source that one of them tells is the nth that another does.
sshd dates btmp records in whole seconds (openssh loginrec.c, record_failed_login), and that of
Ubuntu 18.04 wrote each one twice, equal in all (elastic/beats pull request 10865).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import islice
from typing import NamedTuple

from whotop.clock import SECOND_US
from whotop.core.identity import TOLERANCE_US
from whotop.model import Event, Origin

ATTEMPTS_KEPT = 50_000
"""Over all machines, about 20 MB. Before a machine's origin changes, its older ones are remembered anew."""
DROPPED_SHARE = 16
"""Of those kept so large a part is dropped at once: one by one that took longer than all the rest."""
DOUBLED_WITHIN = 16
"""Equal records of btmp follow each other with at most so many others between them."""
BTMP_USER_BYTES = 32
"""``ut_user`` of a login record holds no more (utmp(5))."""

Identity = tuple[str, bytes, str]


class FailedOnce:
    """Remembers the newest attempts of all machines."""

    def __init__(self, *, attempts_kept: int = ATTEMPTS_KEPT) -> None:
        self._lists: dict[Identity, _Attempts] = {}
        """By identity, the one that failed last at the end."""
        self._count = 0
        self._attempts_kept = attempts_kept
        self._most = attempts_kept + attempts_kept // DROPPED_SHARE

    def is_news(self, event: Event) -> bool:
        """Take in a failed login with its key; false where it tells of an attempt that is known."""
        attempts = self._attempts(event)
        if not attempts.are_past(event) and (attempts.have_told(event) or attempts.told_again(event)):
            return False
        self._add(attempts, event)
        return True

    def remember(self, event: Event) -> bool:
        """Take in what the store has, where each is an attempt of its own; false where it is known."""
        attempts = self._attempts(event)
        if attempts.have_told(event):
            return False
        self._add(attempts, event)
        return True

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        for identity in [identity for identity in self._lists if identity[0] == machine]:
            self._count -= len(self._lists.pop(identity))

    def _attempts(self, event: Event) -> _Attempts:
        identity = _identity(event)
        attempts = self._lists.pop(identity, None)
        if attempts is None:
            attempts = _Attempts()
        self._lists[identity] = attempts
        return attempts

    def _add(self, attempts: _Attempts, event: Event) -> None:
        attempts.add(event)
        self._count += 1
        if self._count > self._most:
            self._drop_oldest(self._count - self._attempts_kept)

    def _drop_oldest(self, count: int) -> None:
        self._count -= count
        for identity in list(islice(self._lists, count)):
            attempts = self._lists[identity]
            if len(attempts) > count:
                attempts.drop_oldest(count)
                return
            count -= len(attempts)
            del self._lists[identity]


class _Attempt:
    """One failed login, and the events that told of it."""

    __slots__ = ("record", "time_us", "told")

    def __init__(self, event: Event) -> None:
        self.time_us = event.time_us
        self.record = (event.tty, event.login_pid)
        self.told = [(event.origin, event.key)]

    def times_told_by(self, origin: Origin) -> int:
        """How many of those events are of this origin."""
        return sum(teller is origin for teller, _ in self.told)

    def is_doubled_by(self, event: Event) -> bool:
        """Whether this is the second of two equal records of btmp."""
        return (
            self.record == (event.tty, event.login_pid)
            and abs(self.time_us - event.time_us) < SECOND_US
            and self.times_told_by(Origin.BTMP) == 1
        )


class _Searched(NamedTuple):
    """Of the attempts from a time on, an origin has told of all that stand before this place."""

    from_us: int
    place: int


class _Attempts:
    """Those of one user from one source on one machine, by time."""

    __slots__ = ("_all", "_searched", "_told")

    def __init__(self) -> None:
        self._told: set[tuple[Origin, bytes]] = set()
        """All events that told of them; two origins may give theirs one key."""
        self._all: list[_Attempt] = []
        self._searched: dict[Origin, _Searched] = {}
        """So that the attempts near each event of a flood need not be searched through."""

    def __len__(self) -> int:
        return len(self._all)

    def are_past(self, event: Event) -> bool:
        """Whether all of them were so long before an event that it is none of theirs."""
        return not self._all or self._all[-1].time_us < event.time_us - TOLERANCE_US

    def have_told(self, event: Event) -> bool:
        """Whether this very event was read before."""
        return (event.origin, event.key) in self._told

    def add(self, event: Event) -> None:
        """Take in an attempt of which nothing has told."""
        attempt = _Attempt(event)
        self._told.update(attempt.told)
        if not self._all or self._all[-1].time_us <= event.time_us:
            self._all.append(attempt)
        else:
            self._searched.clear()
            self._all.insert(bisect_right(self._all, event.time_us, key=_time_us), attempt)

    def told_again(self, event: Event) -> bool:
        """Whether an event tells of a known attempt: one of which its origin has not told, or that it tells twice."""
        known = self._first_untold(event) or self._doubled(event)
        if known is None:
            return False
        known.told.append((event.origin, event.key))
        self._told.add(known.told[-1])
        return True

    def drop_oldest(self, count: int) -> None:
        """Forget so many."""
        dropped = self._all[:count]
        del self._all[:count]
        for origin, (from_us, place) in self._searched.items():
            self._searched[origin] = _Searched(from_us, max(place - count, 0))
        for attempt in dropped:
            self._told.difference_update(attempt.told)

    def _first_untold(self, event: Event) -> _Attempt | None:
        """The earliest near an event of which its origin has not told."""
        from_us = event.time_us - TOLERANCE_US
        first = bisect_left(self._all, from_us, key=_time_us)
        known = self._searched.get(event.origin)
        if known is not None and known.from_us <= from_us and known.place >= first:
            from_us, first = known
        while first < len(self._all) and self._all[first].times_told_by(event.origin):
            first += 1
        self._searched[event.origin] = _Searched(from_us, first)
        if first < len(self._all) and self._all[first].time_us <= event.time_us + TOLERANCE_US:
            return self._all[first]
        return None

    def _doubled(self, event: Event) -> _Attempt | None:
        """The attempt whose record this one of btmp repeats."""
        if event.origin is not Origin.BTMP or not event.login_pid:
            return None
        last = bisect_right(self._all, event.time_us, key=_time_us)
        near = self._all[max(last - DOUBLED_WITHIN, 0) : last]
        return next((attempt for attempt in near if attempt.is_doubled_by(event)), None)


def _time_us(attempt: _Attempt) -> int:
    return attempt.time_us


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
