"""Rule ``slow``: failed logins that are few at a time and many in a day.

CrowdSec's ssh-slow-bf and its even slower kin count five to ten within hours to days, Sigma's rules
about single sources 24 hours. Two counts are kept: of each source over all machines, and against each
user from all sources, as many hands share the work. What rules ``failed`` or ``spraying`` tell of
already is not told again, and who logs in at last from where they had failed had mistyped a password.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from itertools import islice
from operator import attrgetter

import msgspec

from whotop.clock import SECOND_US
from whotop.core.rules.attack_tables import SlowTable
from whotop.core.rules.incidents import Incidents, What
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Event
from whotop.text import counted, duration

TRACKS_KEPT = 50_000
"""Sources, and as many users; when there are more, the one that failed longest ago is forgotten."""
FAILURES_KEPT = 1_000
"""Of one track."""


class Failure(msgspec.Struct, frozen=True, gc=False):
    """What of a failed login is remembered."""

    time_us: int
    user: str
    source: str
    machine: str
    key: bytes


class Track:
    """The failures of one source, or against one user, and whom else they are about: users, or sources."""

    __slots__ = ("failures", "others")

    def __init__(self) -> None:
        self.failures: deque[Failure] = deque()
        self.others: dict[str, int] = {}

    def add(self, failure: Failure, other: str, oldest_us: int, other_of: Callable[[Failure], str]) -> None:
        """One more; what is too old, or too much, is forgotten."""
        failures, others = self.failures, self.others
        failures.append(failure)
        others[other] = others.get(other, 0) + 1
        while failures[0].time_us < oldest_us or len(failures) > FAILURES_KEPT:
            gone = other_of(failures.popleft())
            others[gone] -= 1
            if not others[gone]:
                del others[gone]


class Tracks:
    """The failures of a day, by source or by user; the one that failed last at the end."""

    def __init__(self, kept_us: int, other_of: Callable[[Failure], str]) -> None:
        self._kept_us, self._other_of = kept_us, other_of
        self._tracks: OrderedDict[str, Track] = OrderedDict()

    def add(self, name: str, failure: Failure) -> Track:
        """One more; the whole track, as far as it is not too old."""
        track = self._tracks.pop(name, None) or Track()
        self._tracks[name] = track
        track.add(failure, self._other_of(failure), failure.time_us - self._kept_us, self._other_of)
        if len(self._tracks) > TRACKS_KEPT:
            del self._tracks[next(iter(self._tracks))]
        return track

    def forget(self, name: str) -> None:
        """The whole track."""
        self._tracks.pop(name, None)

    def forgive(self, name: str, user: str, source: str) -> None:
        """Forget what this user mistyped, coming from this source."""
        track = self._tracks.get(name)
        if track is None:
            return
        left = [one for one in track.failures if (one.user, one.source) != (user, source)]
        track.failures, track.others = deque(left), dict(Counter(map(self._other_of, left)))
        if not left:
            del self._tracks[name]

    def expire(self, now_us: int) -> None:
        """Forget the tracks that are too old as a whole."""
        while self._tracks:
            name, track = next(iter(self._tracks.items()))
            if track.failures[-1].time_us >= now_us - self._kept_us:
                return
            del self._tracks[name]


class SlowFailures(Rule):
    """One alert for each source, and one for each user."""

    names = ("slow",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        table = context.settings.slow
        self._settings = context.scoped(table)
        self._within_us = round(table.within_seconds * SECOND_US)
        self._words = duration(table.within_seconds)
        self._incidents = Incidents("slow", context.alerts)
        self._standing, self._failed, self._spraying = map(context.alerts.about, ("slow", "failed", "spraying"))
        self._by_source = Tracks(self._within_us, attrgetter("user"))
        self._by_user = Tracks(self._within_us, attrgetter("source"))

    def needs_failures_since_us(self, now_us: int) -> int:
        """All that it counts."""
        return now_us - self._within_us

    def known_failure(self, failure: Event, now_us: int) -> None:
        """A failure that was judged."""
        kept = _kept(failure, now_us)
        self._by_source.add(failure.source, kept)
        self._by_user.add(failure.user, kept)

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A login failed; the faster rules have judged it before."""
        if self._is_told(failure):
            self._by_source.forget(failure.source)
            return []
        kept = _kept(failure, now_us)
        of_source, against_user = self._by_source.add(failure.source, kept), self._by_user.add(failure.user, kept)
        table = self._settings.at(failure.machine, failure.user, failure.source)
        if not table.on:
            return []
        changed: list[Alert] = []
        if failure.source and len(of_source.failures) >= table.source_count:
            text = f"{failure.source} fails to log in as {counted(len(of_source.others), 'user')}, slowly"
            changed += self._happened(failure.source, text, table, of_source, table.source_count, failure, now_us)
        if failure.user and len(against_user.failures) >= table.user_count:
            text = f"{failure.user} is tried from {counted(len(against_user.others), 'source')}"
            changed += self._happened(failure.user, text, table, against_user, table.user_count, failure, now_us)
        return changed

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Who had mistyped a password is forgiven, unless an alert stands."""
        if login.source not in self._standing:
            self._by_source.forgive(login.source, login.user, login.source)
            self._by_user.forgive(login.user, login.user, login.source)
        return []

    def tick(self, now_us: int) -> list[Alert]:
        """Tell what is untold, and resolve what has been quiet for as long as is counted."""
        self._by_source.expire(now_us)
        self._by_user.expire(now_us)
        return self._incidents.tick(now_us, self._within_us)

    def _is_told(self, failure: Event) -> bool:
        return failure.source in self._failed or failure.source in self._spraying

    def _happened(
        self,
        subject: str,
        text: str,
        table: SlowTable,
        track: Track,
        limit: int,
        failure: Event,
        now_us: int,
    ) -> list[Alert]:
        what = What(
            text=f"{text} (over {self._words})",
            level=table.level,
            stands_us=self._within_us,
            value=float(len(track.failures)),
            limit=float(limit),
        )
        before = ((one.key, one.machine) for one in islice(track.failures, len(track.failures) - 1))
        return self._incidents.happened(subject, what, failure, now_us, before)


def _kept(failure: Event, now_us: int) -> Failure:
    time_us = min(failure.fleet_time_us, now_us)
    return Failure(time_us, failure.user, failure.source, failure.machine, failure.key)
