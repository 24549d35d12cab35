"""Rule ``root``: root or Administrator logs in from outside.

Inside is what Sigma's rules about remote logons leave out (259a9cdf, f88e112a), and what the settings
add. A host name with a domain counts as outside: whoever owns an address says what it is called.
"""

from __future__ import annotations

from whotop.core.networks import is_outside
from whotop.core.rules.account_tables import RootTable
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.names import names_of, networks_of
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event


class RootFromOutside(LoginRule[RootTable]):
    """One alert for each source."""

    names = ("root",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.root)
        self._is_anywhere = names_of(accounts_anywhere(context.settings.root)).hold

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Nearly every login is of somebody else: their name is asked first."""
        if not self._is_anywhere(login.user):
            return []
        table = self.at(login)
        if table is None or not names_of(table.accounts).hold(login.user) or not is_outside(login.source):
            return []
        if networks_of(table.networks).hold(login.source):
            return []
        return self.found(login, table, login.source, f"{login.user} logged in from {login.source}", now_us)


def accounts_anywhere(table: RootTable) -> tuple[str, ...]:
    """The accounts of the table and of all its scopes."""
    scoped = (scope.changes.get("accounts", ()) for scope in table.scopes)
    return tuple(sorted({*table.accounts, *(name for names in scoped if isinstance(names, tuple) for name in names)}))
