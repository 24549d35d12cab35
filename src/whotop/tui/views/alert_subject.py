"""What the subject of an alert is: a source or a user that has a screen of its own, or else only a word."""

from __future__ import annotations

from whotop.model import Alert

ABOUT_SOURCES = frozenset({"failed", "guessed", "logins", "root", "spraying"})
"""Rules whose subject is where logins came from."""
ABOUT_USERS = frozenset({"concurrent", "dormant", "hours", "new_source", "system_account", "travel"})
"""Rules whose subject is a user."""


def source_of(alert: Alert) -> str:
    """Where the logins came from that an alert is about; '' if it is about none, or about several."""
    return _subject_of(alert, ABOUT_SOURCES)


def user_of(alert: Alert) -> str:
    """The user whom an alert is about; '' if it is about none, or about several."""
    return _subject_of(alert, ABOUT_USERS)


def _subject_of(alert: Alert, rules: frozenset[str]) -> str:
    return alert.subject if alert.rule in rules and not alert.subject.startswith("(") else ""
