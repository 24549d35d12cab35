"""Rule ``system_account``: an account that is nobody's logs in.

Its names are those of Wazuh's rule 40101 and of Elastic's "Unusual Login via System User", and what
Debian, Red Hat and Windows create themselves; no origin of logins tells the user's number.
"""

from __future__ import annotations

from whotop.core.rules.account_tables import SystemAccountTable
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.names import names_of
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event


class SystemAccount(LoginRule[SystemAccountTable]):
    """One alert for each account."""

    names = ("system_account",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.system_account)

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """From wherever it is."""
        table = self.at(login)
        if table is None or not names_of(table.accounts).hold(login.user):
            return []
        text = f"system account {login.user} logged in from {login.source or 'the console'}"
        return self.found(login, table, login.user, text, now_us)
