"""Rule ``hours``: somebody logs in out of hours or on a weekend.

Wazuh's rules 17101 and 17102 hold 18:00 to 08:30 and weekends for that. Programs work at night as
well: a scope switches the rule off for their accounts or sources.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.rules.account_tables import HoursTable
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OutOfHours(LoginRule[HoursTable]):
    """One alert for each user."""

    names = ("hours",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.hours)
        self._context = context
        self._quiet_minute: tuple[HoursTable | None, int] = (None, 0)
        """The minute of which it was last found that people work then, by which settings."""

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """By the clock of the zone, whichever the machine is in."""
        table = self.at(login)
        if table is None:
            return []
        time_us = min(login.fleet_time_us, now_us)
        minute = (table, time_us // MINUTE_US)
        if minute == self._quiet_minute:
            return []
        moment = self._moment(table, time_us)
        if moment is None or is_working_time(table, moment):
            self._quiet_minute = minute
            return []
        when = f"on a {moment:%A} at {moment:%H:%M}"
        text = f"{login.user} logged in {when} from {login.source or 'the console'}"
        return self.found(login, table, login.user, text, now_us)

    def _moment(self, table: HoursTable, time_us: int) -> datetime | None:
        """None for a time that no calendar has: a machine may claim any."""
        try:
            zone = _zone(table.time_zone) if table.time_zone else self._context.zone
            return datetime.fromtimestamp(time_us / SECOND_US, zone)
        except (OverflowError, ValueError, OSError):
            return None


def is_working_time(table: HoursTable, moment: datetime) -> bool:
    """Whether people work then. A night's shift is of the day on which it began."""
    first, last = table.minutes
    minute = moment.hour * 60 + moment.minute
    today, yesterday = _DAYS[moment.weekday()] in table.days, _DAYS[moment.weekday() - 1] in table.days
    if first < last:
        return today and first <= minute < last
    return (today and minute >= first) or (yesterday and minute < last)


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)
