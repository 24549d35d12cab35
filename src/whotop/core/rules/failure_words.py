"""What is said of failed logins: who, from where, on how many machines, as how many users."""

from __future__ import annotations

from collections.abc import Collection

from whotop.core.rules.attacks import USERS_KEPT


def source_words(source: str) -> str:
    """``203.0.113.9``, or ``the console``."""
    return source or "the console"


def machine_words(machines: Collection[str]) -> str:
    """`` on 200 machines``; nothing where the alert is of one machine."""
    return f" on {len(machines):,} machines" if len(machines) > 1 else ""


def user_words(users: Collection[str]) -> str:
    """`` as root``, `` as 31 users``; nothing where nobody is known."""
    if len(users) == 1 and (user := next(iter(users))):
        return f" as {user}"
    if len(users) >= USERS_KEPT:
        return f" as {len(users):,} users or more"
    return f" as {len(users)} users" if len(users) > 1 else ""
