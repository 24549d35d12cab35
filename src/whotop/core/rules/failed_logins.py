"""Rules ``failed`` and ``guessed``: one source fails to log in again and again, and then it does not.

``failed`` opens at the fifth failure of a source on one machine within ten minutes, as fail2ban's
jail.conf has it (maxretry 5, findtime 10m); it grows, and resolves when ten minutes pass without one.
``guessed`` is high: the source logs in after as many failures within that time. Sentinel's and
Elastic's rules for that ask for five too.
"""

from __future__ import annotations

from collections import deque

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Event, Level, Standing

RULE, GUESSED = "failed", "guessed"
TRACKS_KEPT = 10_000
"""Sources on machines; when there are more, the one that failed longest ago is forgotten."""
TIMES_KEPT = 128
USERS_KEPT = 100
EVIDENCE_KEPT = 100
SOURCES_TOLD = 100
"""Of one machine; one more alert stands for all further sources: a flood of them hides nothing else."""
OTHERS = "(others)"
_EXACT_UNTIL = 10
"""Up to so many failures each one is told; beyond, each quarter more."""

Place = tuple[str, str]
"""Machine and source."""


class Track:
    """What one source has failed at on one machine."""

    __slots__ = ("count", "evidence", "failures_us", "is_late", "tell_at", "untold", "users")

    def __init__(self, count: int = 0) -> None:
        self.count = count
        """Since it began; a failure is far from the one before only where a track is begun anew."""
        self.failures_us: deque[int] = deque(maxlen=TIMES_KEPT)
        self.evidence: deque[bytes] = deque(maxlen=EVIDENCE_KEPT)
        self.users: set[str] = set()
        self.is_late = False
        self.tell_at = self.untold = 0

    @property
    def last_us(self) -> int:
        """When the latest was."""
        return max(self.failures_us, default=0)

    def add(self, failure: Event, time_us: int) -> None:
        """One more."""
        self.count += 1
        self.failures_us.append(time_us)
        self.evidence.append(failure.key)
        self.is_late = failure.standing is Standing.LATE
        if len(self.users) < USERS_KEPT:
            self.users.add(failure.user)

    def within(self, from_us: int, until_us: int) -> int:
        """How many in [from, until]."""
        return sum(from_us <= time_us <= until_us for time_us in self.failures_us)


class FailedLogins(Rule):
    """Follows the sources that fail, each on each machine."""

    names = (RULE, GUESSED)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        settings = context.settings
        self._alerts = context.alerts
        self._settings, self._guessed = context.scoped(settings.failed), context.scoped(settings.guessed)
        self._within_us = round(settings.failed.within_seconds * SECOND_US)
        self._from, self._high_from = settings.failed.count, settings.failed.high_count
        self._guessed_from = settings.guessed.count
        self._guessed_us = round(settings.guessed.stands_seconds * SECOND_US)
        self._is_off, self._guessed_is_off = not settings.failed.on, not settings.guessed.on
        self._tracks: dict[Place, Track] = {}
        """The one that failed last at the end."""

    def known_failure(self, failure: Event, now_us: int) -> None:
        """Take up a failure that was judged before whotop was started."""
        self._followed(failure, now_us)

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A login failed."""
        if failure.standing is Standing.HISTORY:
            return []
        track = self._followed(failure, now_us)
        is_open = self._alerts.get(RULE, failure.machine, failure.source) is not None
        if self._is_off or (not is_open and track.within(track.last_us - self._within_us, now_us) < self._from):
            return []
        if not is_open and self._alerts.count(RULE, failure.machine) >= SOURCES_TOLD:
            return self._alerts.found(_too_many(failure.machine), now_us)
        track.untold += 1
        return self._tell((failure.machine, failure.source), now_us) if track.count >= track.tell_at else []

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login succeeded; it comes once the failures before it have come."""
        track = self._tracks.get((login.machine, login.source))
        if track is None or self._guessed_is_off or login.standing is Standing.HISTORY:
            return []
        time_us = min(login.fleet_time_us, now_us)
        count = track.within(time_us - self._within_us, time_us)
        if count < self._guessed_from:
            return []
        finding = Finding(
            rule=GUESSED,
            machine=login.machine,
            subject=login.source,
            level=Level.HIGH,
            text=f"login as {login.user} after {count} failures from {_words(login.source)}",
            count=count,
            value=float(count),
            limit=float(self._guessed_from),
            evidence=(*track.evidence, login.key)[-EVIDENCE_KEPT:],
            late=login.standing is Standing.LATE,
            opened_us=time_us,
        )
        return self._alerts.found(finding, now_us)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what is over; the last words are the exact ones."""
        changed: list[Alert] = []
        quiet_us = now_us - self._within_us
        for alert in self._alerts.of_rule(RULE):
            place = (alert.machine, alert.subject)
            track = self._tracks.get(place)
            if (alert.updated_us if track is None else track.last_us) < quiet_us:
                changed += self._tell(place, now_us) if track is not None and track.untold else []
                changed += self._alerts.over(RULE, *place, now_us)
        for alert in self._alerts.of_rule(GUESSED):
            if alert.updated_us + self._guessed_us <= now_us:
                changed += self._alerts.over(GUESSED, alert.machine, alert.subject, now_us)
        while self._tracks and next(iter(self._tracks.values())).last_us < quiet_us:
            del self._tracks[next(iter(self._tracks))]
        return changed

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._tracks = {place: track for place, track in self._tracks.items() if place[0] != machine}

    def _followed(self, failure: Event, now_us: int) -> Track:
        """The track that a failure belongs to, with it; one of which an alert tells goes on counting."""
        place, time_us = (failure.machine, failure.source), min(failure.fleet_time_us, now_us)
        track = self._tracks.pop(place, None)
        standing = self._alerts.get(RULE, *place)
        if track is None or (standing is None and time_us - track.last_us > self._within_us):
            track = Track(0 if standing is None else standing.count)
        self._tracks[place] = track
        track.add(failure, time_us)
        if len(self._tracks) > TRACKS_KEPT:
            del self._tracks[next(iter(self._tracks))]
        return track

    def _tell(self, place: Place, now_us: int) -> list[Alert]:
        machine, source = place
        track = self._tracks[place]
        track.untold = 0
        track.tell_at = track.count + (1 if track.count < _EXACT_UNTIL else track.count // 4)
        users = f"{len(track.users)} user{'' if len(track.users) == 1 else 's'}"
        finding = Finding(
            rule=RULE,
            machine=machine,
            subject=source,
            level=Level.HIGH if track.count >= self._high_from else Level.WARN,
            text=f"{track.count} failed logins from {_words(source)} ({users})",
            count=track.count,
            value=float(track.count),
            limit=float(self._from),
            evidence=tuple(track.evidence),
            late=track.is_late,
            opened_us=track.last_us,
        )
        return self._alerts.found(finding, now_us)


def _too_many(machine: str) -> Finding:
    text = f"failed logins from more than {SOURCES_TOLD} sources"
    return Finding(rule=RULE, machine=machine, subject=OTHERS, level=Level.HIGH, text=text)


def _words(source: str) -> str:
    return source or "the console"
