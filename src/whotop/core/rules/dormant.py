"""Rule ``dormant``: an account is used again after a long while.

Elastic's 5b8d7b94 asks for 5 days without a login, the CIS Controls (5.3) disable accounts after 45;
whotop's default is 30. What counts is the user's name, on whichever machine: somebody who works
every day, but on this machine once a quarter, is not dormant. Past logins teach, so that
what is known goes back as far as the records that were read.
"""

from __future__ import annotations

from collections.abc import Mapping

from whotop.clock import DAY_US, SECOND_US
from whotop.core.rules.account_tables import DormantTable
from whotop.core.rules.learned import Learned
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event


class Dormant(LoginRule[DormantTable]):
    """One alert for each user."""

    names = ("dormant",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.dormant)
        self._after_us = round(context.settings.dormant.after_seconds * SECOND_US)
        self._last_us: Learned[int] = Learned("dormant")

    def learn(self, login: Event) -> None:
        """A login of the past."""
        self._remember(login.user, login.fleet_time_us)

    def known_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login that was judged."""
        self._remember(login.user, min(login.fleet_time_us, now_us))
        return []

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Compared with the one before, wherever that was."""
        time_us = min(login.fleet_time_us, now_us)
        before_us = self._last_us.get(login.user)
        self._remember(login.user, time_us)
        table = self.at(login)
        if table is None or before_us is None or time_us - before_us <= self._after_us:
            return []
        days = (time_us - before_us) // DAY_US
        text = f"{login.user} logged in from {login.source or 'the console'} after {days} days without a login"
        return self.found(login, table, login.user, text, now_us, float(days), self._after_us / DAY_US)

    def state(self) -> Mapping[tuple[str, str], object]:
        """When those logged in last whose day has changed."""
        return self._last_us.changes()

    def restore_state(self, rule: str, subject: str, state: object) -> None:
        """Take up when a user logged in last."""
        if isinstance(state, int):
            self._last_us.put(subject, max(state, self._last_us.get(subject) or 0))

    def _remember(self, user: str, time_us: int) -> None:
        before_us = self._last_us.get(user)
        if before_us is None or time_us // DAY_US > before_us // DAY_US:
            self._last_us.change(user, time_us)
        elif time_us > before_us:
            self._last_us.renew(user, time_us)
