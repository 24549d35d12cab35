"""Rule ``denied``: a login from where, or as whom, nobody may log in.

What may be depends on the house: there is no default. Scopes say it for some machines alone, such as
``machines = ["vault-*"]`` with ``allowed_users``.
"""

from __future__ import annotations

from whotop.core.networks import network_of
from whotop.core.rules.account_tables import DeniedTable
from whotop.core.rules.login_rule import LoginRule
from whotop.core.rules.names import names_of, networks_of
from whotop.core.rules.rule import RuleContext
from whotop.model import Alert, Event


class Denied(LoginRule[DeniedTable]):
    """One alert for each user and source."""

    names = ("denied",)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context, context.settings.denied)

    def on_login(self, login: Event, now_us: int) -> list[Alert]:
        """Who it is goes before where it is from."""
        table = self.at(login)
        if table is None:
            return []
        why = _denied_user(table, login.user) or _denied_source(table, login.source)
        if not why:
            return []
        place = login.source or "the console"
        text = f"{login.user} logged in from {place}: {why}"
        return self.found(login, table, f"{login.user} from {place}", text, now_us)


def _denied_user(table: DeniedTable, user: str) -> str:
    if table.denied_users and names_of(table.denied_users).hold(user):
        return "that user is denied"
    return "" if not table.allowed_users or names_of(table.allowed_users).hold(user) else "that user is not allowed"


def _denied_source(table: DeniedTable, source: str) -> str:
    if table.denied_networks and networks_of(table.denied_networks).hold(source):
        return "that network is denied"
    if not table.allowed_networks or not network_of(source) or networks_of(table.allowed_networks).hold(source):
        return ""
    return "that network is not allowed"
