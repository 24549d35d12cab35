"""Rule ``new_source``: a user logs in from a network for the first time.

As Elastic's "first time seen" rules for sshd have it (5c495612: what is new against 5 days of history),
by network instead of address, since providers hand out others every day. Past logins teach;
a user of whom nothing is known is learned for five days before anything is new.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from whotop.clock import DAY_US, SECOND_US
from whotop.core.networks import network_of
from whotop.core.rules.account_tables import NewSourceTable
from whotop.core.rules.learned import Learned
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event

NETWORKS_KEPT = 50
"""Of one user; when there are more, the one that was used longest ago is forgotten."""

_RULE = "new_source"


class Habits(msgspec.Struct):
    """From where a user logs in."""

    since_us: int
    """When the first login was that we know of."""
    networks: dict[str, int]
    """When each was used last; the latest at the end."""


class NewSource(LoginRule[NewSourceTable]):
    """One alert for each user."""

    names = (_RULE,)

    def __init__(self, context: RuleContext) -> None:
        table = context.settings.new_source
        super().__init__(context, table)
        self._bits = (table.ipv4_bits, table.ipv6_bits)
        self._learn_us, self._forget_us = (
            round(table.learn_seconds * SECOND_US),
            round(table.forget_seconds * SECOND_US),
        )
        self._habits: Learned[Habits] = Learned(_RULE)

    def learn(self, login: Event) -> None:
        """A login of the past."""
        self._is_new(login, login.fleet_time_us)

    def known_login(self, login: Event, now_us: int) -> list[Alert]:
        """A login that was judged."""
        self._is_new(login, min(login.fleet_time_us, now_us))
        return []

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Learned from whether or not the rule is on there."""
        time_us = min(login.fleet_time_us, now_us)
        is_new = self._is_new(login, time_us)
        table = self.at(login)
        habits = self._habits.get(login.user)
        if table is None or not is_new or habits is None or time_us - habits.since_us < self._learn_us:
            return []
        text = f"{login.user} logged in from {login.source}, a network that is new for them"
        return self.found(login, table, login.user, text, now_us)

    def state(self) -> Mapping[tuple[str, str], object]:
        """The habits of users who have come from elsewhere or on another day."""
        changes = self._habits.changes()
        return {place: None if habits is None else msgspec.to_builtins(habits) for place, habits in changes.items()}

    def restore_state(self, rule: str, subject: str, state: object) -> None:
        """Take up a user's habits."""
        try:
            habits = msgspec.convert(state, Habits)
        except msgspec.ValidationError:
            return
        known = self._habits.get(subject)
        if known is not None:
            habits = Habits(min(habits.since_us, known.since_us), habits.networks | known.networks)
        self._habits.put(subject, habits)

    def _is_new(self, login: Event, time_us: int) -> bool:
        """Whether a login's network is new for its user, who has it among their habits from now on."""
        network = network_of(login.source, *self._bits)
        if not network:
            return False
        habits = self._habits.get(login.user)
        if habits is None:
            self._habits.change(login.user, Habits(time_us, {network: time_us}))
            return True
        before_us = habits.networks.get(network)
        habits.since_us = min(habits.since_us, time_us)
        if before_us is not None and time_us // DAY_US <= before_us // DAY_US:
            habits.networks[network] = max(time_us, before_us)
            return False
        self._visit(login.user, habits, network, time_us)
        return before_us is None or time_us - before_us > self._forget_us

    def _visit(self, user: str, habits: Habits, network: str, time_us: int) -> None:
        """A network is used for the first time on a day: it goes to the end."""
        habits.networks.pop(network, None)
        habits.networks[network] = time_us
        if len(habits.networks) > NETWORKS_KEPT:
            del habits.networks[next(iter(habits.networks))]
        self._habits.change(user, habits)
