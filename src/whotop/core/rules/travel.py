"""Rule ``travel``: a user logs in from a place that nobody can have reached since the last login.

As CrowdSec's impossible-travel scenario, with its thousand kilometres in three hours made a speed:
that of an airliner. Where addresses are, a database of MaxMind's tells; private ones are nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

import msgspec

from whotop.clock import HOUR_US, SECOND_US
from whotop.core.rules.attack_tables import TravelTable
from whotop.core.rules.learned import Learned
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event
from whotop.text import duration

_RULE = "travel"
_EARTH_RADIUS_KM = 6_371.0
"""The mean one of the IUGG."""


class Stop(msgspec.Struct):
    """Where a user was last, and when."""

    time_us: int
    source: str
    latitude: float
    longitude: float


class Travel(LoginRule[TravelTable]):
    """One alert for each user."""

    names = (_RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.travel)
        self._locate = context.locate
        self._stops: Learned[Stop] = Learned(_RULE)

    def learn(self, login: Event) -> None:
        """A login of the past."""
        self._moved(login, login.fleet_time_us)

    def known_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login that was judged."""
        self._moved(login, min(login.fleet_time_us, now_us))
        return []

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Compared with where the user was last."""
        before = self._stops.get(login.user)
        time_us = min(login.fleet_time_us, now_us)
        if before is not None and before.source == login.source and time_us // HOUR_US == before.time_us // HOUR_US:
            before.time_us = max(time_us, before.time_us)
            return []
        stop = self._moved(login, time_us)
        table = self.at(login)
        if table is None or before is None or stop is None or stop.time_us < before.time_us:
            return []
        distance_km = _distance_km(before, stop)
        hours = (stop.time_us - before.time_us) / HOUR_US
        if distance_km < table.distance_km or distance_km <= table.speed_km_per_hour * hours:
            return []
        ago = duration((stop.time_us - before.time_us) / SECOND_US)
        text = f"{login.user} logged in from {login.source}, {distance_km:,.0f} km from {before.source} {ago} before"
        return self.found(login, table, login.user, text, now_us, round(distance_km, 1), table.distance_km)

    def state(self) -> Mapping[tuple[str, str], object]:
        """Where users were last who have been elsewhere, or for whom an hour has passed."""
        stops = self._stops.changes()
        return {place: None if stop is None else msgspec.to_builtins(stop) for place, stop in stops.items()}

    def restore_state(self, rule: str, subject: str, state: object) -> None:
        """Take up where a user was."""
        try:
            stop = msgspec.convert(state, Stop)
        except msgspec.ValidationError:
            return
        known = self._stops.get(subject)
        if known is None or known.time_us < stop.time_us:
            self._stops.put(subject, stop)

    def _moved(self, login: Event, time_us: int) -> Stop | None:
        """Where a login is from, which is where its user is from now on; None where that is not known."""
        place = self._locate(login.source) if login.source else None
        if place is None:
            return None
        stop = Stop(time_us, login.source, *place)
        before = self._stops.get(login.user)
        if before is not None and before.time_us > time_us:
            return stop
        self._stops.change(login.user, stop)
        return stop


def _distance_km(one: Stop, other: Stop) -> float:
    """The great-circle distance, by the haversine formula."""
    latitudes, longitudes = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    across = cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(longitudes / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(min(sin(latitudes / 2) ** 2 + across, 1.0)))
