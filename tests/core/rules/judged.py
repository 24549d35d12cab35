"""A book in which only some rules are on, and events told to it in few words. Times are in seconds."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.core.conftest import make_event
from whotop.clock import SECOND_US
from whotop.core.keys import event_key
from whotop.core.locate import Locate, nowhere
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import RuleTable
from whotop.model import Alert, Event, Session, Standing

HOUR, DAY = 3_600.0, 86_400.0


class Judged:
    """Each event is judged as it comes; every call gives what it changed."""

    def __init__(self, locate: Locate = nowhere, **tables: RuleTable) -> None:
        off = {name: replace(table, on=False) for name, table in RuleSettings().tables().items()}
        self.settings = replace(RuleSettings(), **(off | tables))
        self.book = RuleBook(self.settings, locate=locate)

    def login(self, seconds: float, user: str = "alice", source: str = "10.0.0.7", **fields: Any) -> list[Alert]:
        """Somebody logs in."""
        event = made("login", seconds, user, source, **fields)
        return self.book.on_login(event, _now_us(event))

    def failed(self, seconds: float, user: str = "root", source: str = "203.0.113.9", **fields: Any) -> list[Alert]:
        """Somebody fails to."""
        event = made("failed", seconds, user, source, **fields)
        return self.book.on_failed_login(event, _now_us(event))

    def past(self, seconds: float, user: str = "alice", source: str = "10.0.0.7", **fields: Any) -> None:
        """Somebody logged in before whotop was there."""
        assert not self.login(seconds, user, source, standing=Standing.HISTORY, **fields)

    def tick(self, seconds: float) -> list[Alert]:
        """Time has passed."""
        return self.book.tick(round(seconds * SECOND_US))

    def again(self) -> Judged:
        """The book after a restart, with what the store has of it."""
        other = Judged()
        other.settings = self.settings
        other.book = RuleBook(self.settings)
        other.book.restore_state(self.book.state())
        return other


def session(seconds: float, user: str = "alice", source: str = "10.0.0.7", **fields: Any) -> Session:
    """An open session of that login."""
    login = made("login", seconds, user, source, **fields)
    return Session(
        key=login.key, machine=login.machine, user=user, login_us=login.time_us, tty=login.tty, source=source
    )


def made(kind: str, seconds: float, user: str, source: str = "203.0.113.9", **fields: Any) -> Event:
    """An event with its key."""
    event = make_event(kind, seconds, user=user, source=source, **fields)
    return replace(event, key=event_key(event))


def _now_us(event: Event) -> int:
    return event.fleet_time_us
