"""Rule ``spraying``: one source fails as many users, or on many machines.

Six users within five minutes are CrowdSec's ssh-bf_user-enum and less than Elastic's 9e81b1fd (more
than ten, of 30 failures); the machines of a fleet are compared by whotop alone: three, on at least
two of which the same name was tried, for people behind one bastion mistype their own on one machine
each. Whoever logs in there and then from the same source had mistyped a password, and is not counted.
"""

from __future__ import annotations

from collections import OrderedDict

from whotop.clock import SECOND_US
from whotop.core.rules.attack_tables import SprayingTable
from whotop.core.rules.incidents import EventPlace, Incidents, What
from whotop.core.rules.recent import Recent
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Event
from whotop.text import duration

TRACKS_KEPT = 10_000
"""Sources; when there are more, the one that failed longest ago is forgotten."""
_FAILURES_KEPT = 32
_MACHINE_AFTER_MACHINE = "fails to log in on one machine after another"


class Track:
    """What one source has failed at lately."""

    __slots__ = ("failures", "last_us", "machines", "users")

    def __init__(self) -> None:
        self.users, self.machines = Recent(), Recent()
        self.failures: list[EventPlace] = []
        self.last_us = 0

    def add(self, failure: Event, time_us: int) -> None:
        """One more."""
        self.users.see(failure.user, time_us)
        self.machines.see(failure.machine, time_us)
        if time_us > self.last_us:
            self.last_us = time_us

    def has_fewer_users(self, count: int, since_us: int) -> bool:
        """Whether there were fewer since then: most often there were not so many at all."""
        return len(self.users) < count or self.users.count_since(since_us) < count

    def keep(self, failure: Event) -> None:
        """Remember its place for as long as there are no more of them than are kept."""
        self.failures.append((failure.key, failure.machine))
        if len(self.failures) > _FAILURES_KEPT:
            del self.failures[0]


class Spraying(Rule):
    """One alert for each source."""

    names = ("spraying",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        table = context.settings.spraying
        self._settings = context.scoped(table)
        self._everywhere = None if table.scopes else table
        self._users_us, self._machines_us = (
            round(seconds * SECOND_US) for seconds in (table.users_within_seconds, table.machines_within_seconds)
        )
        self._users_words = duration(table.users_within_seconds)
        self._within_us = max(self._users_us, self._machines_us)
        self._incidents = Incidents("spraying", context.alerts)
        self._tracks: OrderedDict[str, Track] = OrderedDict()
        """By source, the one that failed last at the end."""

    def known_failure(self, failure: Event, now_us: int) -> None:
        """A failure that was judged."""
        if failure.source:
            self._follow(failure, min(failure.fleet_time_us, now_us))

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A login failed."""
        source = failure.source
        table = self._everywhere or self._settings.at(failure.machine, failure.user, source)
        if not table.on or not source:
            return []
        time_us = failure.time_us - failure.skew_us
        if time_us > now_us:
            time_us = now_us
        track = self._follow(failure, time_us)
        what = self._found(table, track, source, time_us)
        changed: list[Alert] = []
        if what is not None:
            changed = self._incidents.happened(source, what, failure, now_us, track.failures)
        track.keep(failure)
        return changed

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Who had mistyped a password does not count."""
        track = self._tracks.get(login.source)
        if track is not None:
            track.users.pop(login.user, None)
            track.machines.pop(login.machine, None)
        return []

    def tick(self, now_us: int) -> list[Alert]:
        """Tell what is untold, and resolve what is over."""
        while self._tracks and next(iter(self._tracks.values())).last_us < now_us - self._within_us:
            del self._tracks[next(iter(self._tracks))]
        return self._incidents.tick(now_us, self._within_us)

    def _follow(self, failure: Event, time_us: int) -> Track:
        """The track of a failure's source, with it."""
        source = failure.source
        track = self._tracks.get(source)
        if track is None:
            track = self._tracks[source] = Track()
            if len(self._tracks) > TRACKS_KEPT:
                del self._tracks[next(iter(self._tracks))]
        else:
            self._tracks.move_to_end(source)
        track.add(failure, time_us)
        return track

    def _found(self, table: SprayingTable, track: Track, source: str, time_us: int) -> What | None:
        # Users and machines of before are only let go where they could make a difference.
        if len(track.users) >= table.users_count:
            track.users.keep_since(time_us - self._within_us)
            users = track.users.count_since(time_us - self._users_us)
            if users >= table.users_count:
                words = f"as {users} users in {self._users_words}"
                return self._what(table, f"{source} fails to log in {words}", users, table.users_count)
        if len(track.machines) < table.machines_count:
            return None
        machines = track.machines.keep_since(time_us - self._machines_us)
        if machines < table.machines_count or not track.has_fewer_users(machines, time_us - self._machines_us):
            return None
        return self._what(table, f"{source} {_MACHINE_AFTER_MACHINE}", machines, table.machines_count)

    def _what(self, table: SprayingTable, text: str, value: int, limit: int) -> What:
        return What(text, table.level, self._within_us, float(value), float(limit), table.high_count)
