"""What the rules have in common that find what they look for in a single login."""

from __future__ import annotations

from typing import Generic, TypeVar

from whotop.clock import SECOND_US
from whotop.core.rules.account_tables import LoginTable
from whotop.core.rules.incidents import Incidents, What
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Event

Table = TypeVar("Table", bound=LoginTable)


class LoginRule(Rule, Generic[Table]):
    """A rule whose alerts stand for a while after the last login that it finds."""

    def __init__(self, context: RuleContext, table: Table) -> None:
        super().__init__(context)
        self.settings = context.scoped(table)
        self._incidents = Incidents(self.names[0], context.alerts)
        self._stands_us = round(table.stands_seconds * SECOND_US)
        self._everywhere = table if table.on and not table.scopes else None

    def at(self, login: Event) -> Table | None:
        """The settings for a login; None where the rule is off."""
        if self._everywhere is not None:
            return self._everywhere
        table = self.settings.at(login.machine, login.user, login.source)
        return table if table.on else None

    def found(
        self,
        login: Event,
        table: Table,
        subject: str,
        text: str,
        now_us: int,
        value: float | None = None,
        limit: float | None = None,
    ) -> list[Alert]:
        """This login is one that the rule looks for."""
        stands_us = round(table.stands_seconds * SECOND_US)
        what = What(text=text, level=table.level, stands_us=stands_us, value=value, limit=limit)
        return self._incidents.happened(subject, what, login, now_us)

    def tick(self, now_us: int) -> list[Alert]:
        """Tell what is untold, and resolve what has stood long enough."""
        return self._incidents.tick(now_us, self._stands_us)
