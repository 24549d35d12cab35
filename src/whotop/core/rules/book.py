"""The book of rules: hands every fact to the rules that judge it."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.clock import DAY_US, MINUTE_US, SECOND_US
from whotop.core.alert_marks import Mark
from whotop.core.rules import cleared, reach, reboot, series_words, skew, tampering
from whotop.core.rules.cleared import Cleared
from whotop.core.rules.failed_logins import FailedLogins
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.lasting_logins import LastingLogins
from whotop.core.rules.limits import Limits
from whotop.core.rules.many_logins import ManyLogins
from whotop.core.rules.reach import Reach
from whotop.core.rules.reboot import Reboot
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.skew import Skew
from whotop.core.rules.tampering import Tampering
from whotop.core.window_modes import windows_of
from whotop.core.windows import Series, TumblingWindows
from whotop.model import Alert, Event, Machine, Origin, Sample, Standing

_LIVE, _LATE, _HISTORY = Standing.LIVE, Standing.LATE, Standing.HISTORY
_WINDOWS_KEPT_US = DAY_US
"""Late logins find their window for so long."""
_EXPIRE_EVERY_US = MINUTE_US


class RuleBook:
    """All rules over the whole fleet. Every method gives the alerts that it opened, updated or resolved.

    An alert is updated only where its words or its level change, not on every poll. History never
    alerts; what happened while nobody watched does once, marked ``late``. ``restored`` are the open
    alerts of the store.
    """

    def __init__(self, settings: RuleSettings, restored: Iterable[Alert] = ()) -> None:
        self._alerts = OpenAlerts(restored)
        self._off = frozenset(settings.off)
        self._logins_are_off = series_words.RULE in self._off
        self._reach = Reach(self._alerts)
        self._reboot = Reboot(settings, self._alerts)
        self._skew = Skew(settings, self._alerts)
        self._limits = Limits(settings, self._alerts)
        self._tampering = Tampering(settings, self._alerts)
        self._cleared = Cleared(settings, self._alerts)
        self._failed_logins = FailedLogins(settings, self._alerts)
        watch = ManyLogins if settings.logins_mode == "tumbling" else LastingLogins
        self._many_logins: ManyLogins | LastingLogins = watch(settings, self._alerts)
        self._windows = windows_of(
            settings.logins_mode,
            round(settings.logins_window_seconds * SECOND_US),
            round(settings.logins_start_seconds * SECOND_US),
        )
        self._expire_from_us = 0

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Take up open alerts of machines that are new here, as the store has them."""
        self._alerts.restore(alerts)

    def window_start_us(self, time_us: int) -> int:
        """When the earliest login was, or could have been, that is in one window with a time."""
        size_us = self._windows.size_us
        if isinstance(self._windows, TumblingWindows):
            return time_us - (time_us - self._windows.start_us) % size_us
        return time_us - size_us

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """A machine's row has changed. Machines known from the store come first, as they were."""
        self._limits.expect(machine.name, machine.interval_seconds)
        changed: list[Alert] = []
        if reach.RULE not in self._off:
            changed += self._reach.judge(machine, now_us)
        if reboot.RULE not in self._off:
            changed += self._reboot.judge(machine, now_us)
        return changed

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """A new sample."""
        changed = self._limits.judge(sample, now_us)
        if skew.RULE not in self._off:
            changed += self._skew.judge(sample.machine, sample.skew_us, now_us)
        return changed

    def on_boot(self, boot: Event, now_us: int) -> list[Alert]:
        """A boot record."""
        return [] if reboot.RULE in self._off else self._reboot.judge_boot(boot, now_us)

    def on_log_cleared(self, event: Event, now_us: int) -> list[Alert]:
        """A record that says that a log was cleared."""
        return [] if cleared.RULE in self._off else self._cleared.judge(event, now_us)

    def on_rewritten(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """An origin of records was shrunk or rewritten."""
        if tampering.RULE in self._off:
            return []
        return self._tampering.rewritten(machine, origin, now_us, late=late)

    def on_erased(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """Records were erased."""
        return [] if tampering.RULE in self._off else self._tampering.erased(machine, origin, now_us, late=late)

    def known_failure(self, failure: Event, now_us: int) -> None:
        """A failed login that was judged before whotop was started: a login after it may yet come."""
        self._failed_logins.known(failure, now_us)

    def on_failed_login(self, failure: Event, now_us: int) -> list[Alert]:
        """A login failed; each is told once."""
        return self._failed_logins.judge(failure, now_us)

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """An accepted login, released by the hold-back: it is counted in its window and judged."""
        if login.standing is _HISTORY or not login.source:
            return []
        guessed = self._failed_logins.judge_login(login, now_us)
        # A clock that is ahead by more than was measured must not open a window that never ends.
        time_us = login.time_us - login.skew_us
        series = self._windows.add(login.source, login.user, login.machine, min(time_us, now_us), login.key)
        if series is None or self._logins_are_off:
            return guessed
        return guessed + self._many_logins.judge(series, now_us, late=login.standing is _LATE)

    def on_series(self, series: Series, now_us: int, standing: Standing = _LIVE) -> list[Alert]:
        """A series has grown by a login of this standing."""
        if standing is _HISTORY or self._logins_are_off:
            return []
        return self._many_logins.judge(series, now_us, late=standing is _LATE)

    def mark(self, mark: Mark) -> Alert | None:
        """What somebody says of an alert: the alert as marked, None where it stands no longer."""
        return self._alerts.mark(mark)

    def tick(self, now_us: int) -> list[Alert]:
        """Time has passed; to be called about once a second."""
        if now_us >= self._expire_from_us:
            self._expire_from_us = now_us + _EXPIRE_EVERY_US
            self._windows.expire(now_us - max(_WINDOWS_KEPT_US, self._windows.size_us))
        return (
            self._reboot.tick(now_us)
            + self._tampering.tick(now_us)
            + self._cleared.tick(now_us)
            + self._failed_logins.tick(now_us)
            + self._many_logins.tick(now_us)
        )

    def forget(self, machine: str, now_us: int) -> list[Alert]:
        """A machine is watched no longer: what stood about it is over."""
        self._limits.forget(machine)
        self._reboot.forget(machine)
        self._failed_logins.forget(machine)
        return [
            done
            for alert in self._alerts.of_machine(machine)
            for done in self._alerts.over(alert.rule, machine, alert.subject, now_us)
        ]
