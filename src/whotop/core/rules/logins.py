"""Rule ``logins`` as the book sees it: the windows that logins fall into, and who watches them."""

from __future__ import annotations

from whotop.clock import DAY_US, MINUTE_US, SECOND_US
from whotop.core.rules.lasting_logins import LastingLogins
from whotop.core.rules.many_logins import ManyLogins
from whotop.core.rules.rule import Rule, RuleContext
from whotop.core.rules.series_words import RULE
from whotop.core.window_modes import windows_of
from whotop.core.windows import TumblingWindows
from whotop.model import Alert, Event, Standing

_WINDOWS_KEPT_US = DAY_US
"""Late logins find their window for so long."""
_EXPIRE_EVERY_US = MINUTE_US
_LATE = Standing.LATE


class Logins(Rule):
    """Counts the logins of every source, one without a source not at all."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        table = context.settings.logins
        self._settings = context.scoped(table)
        watch = ManyLogins if table.mode == "tumbling" else LastingLogins
        self._watch: ManyLogins | LastingLogins = watch(self._settings, context.alerts)
        self._windows = windows_of(
            table.mode, round(table.window_seconds * SECOND_US), round(table.start_seconds * SECOND_US)
        )
        self._add, self._is_scoped = self._windows.add, bool(table.scopes)
        self._expire_from_us = 0

    def needs_logins_since_us(self, now_us: int) -> int:
        """When the earliest login was, or could have been, that is in one window with a login of now."""
        size_us = self._windows.size_us
        if isinstance(self._windows, TumblingWindows):
            return now_us - (now_us - self._windows.start_us) % size_us
        return now_us - size_us

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Count it in its window; where that makes a series or lets one grow, judge it."""
        source = login.source
        if not source or (self._is_scoped and not self._settings.at(login.machine, login.user, source).on):
            return []
        time_us = login.time_us - login.skew_us
        if time_us > now_us:  # A clock ahead by more than was measured must not open a window that never ends.
            time_us = now_us
        series = self._add(source, login.user, login.machine, time_us, login.key)
        return [] if series is None else self._watch.judge(series, now_us, late=login.standing is _LATE)

    known_login = on_login
    """Counted again, it tells of nothing that the alert which stands does not tell already."""

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what is over, and let go of windows that no login comes to any more."""
        if now_us >= self._expire_from_us:
            self._expire_from_us = now_us + _EXPIRE_EVERY_US
            self._windows.expire(now_us - max(_WINDOWS_KEPT_US, self._windows.size_us))
        return self._watch.tick(now_us)
