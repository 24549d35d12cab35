"""What a row says of a user with all their sessions, worked out no more often than it is worth.

An automation's account may have a session on every machine; its row is drawn ten times a second.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from whotop.core.idle import last_input_us
from whotop.model import Session
from whotop.tui.views.scene import Scene

EXACT_SESSIONS = 64
"""Up to so many sessions are looked through whenever anything has changed…"""
US_PER_SESSION = 500
"""…more of them no sooner than so many µs for each after the last time: to look at one takes about 2 µs."""


@dataclass(frozen=True, slots=True)
class UserSummary:
    """Of the sessions that count; of all, where none does."""

    on: int
    """How many count: those on machines that are up."""
    newest: Session
    others: int
    """Sources other than that of the newest."""
    since_us: int
    """The earliest login."""
    input_us: int | None
    """The latest input on any of their terminals, by whotop's clock."""


class UserSummaries:
    """Summaries by user."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._fleet = scene, scene.fleet
        self._known: dict[str, tuple[int, int, UserSummary]] = {}
        """Revision, time, and what was found then."""

    def of(self, user: str) -> UserSummary | None:
        """The user's summary; None for one without an open session."""
        sessions = self._fleet.sessions_of_user.get(user)
        if sessions is None:
            self._known.pop(user, None)
            return None
        known = self._known.get(user)
        now_us = self._scene.clock.now_us()
        if known is not None and self._is_good(known[0], now_us - known[1], len(sessions)):
            return known[2]
        summary = self._worked_out(sessions.values())
        self._known[user] = self._fleet.revision, now_us, summary
        return summary

    def _is_good(self, revision: int, age_us: int, count: int) -> bool:
        if revision == self._fleet.revision:
            return True
        return count > EXACT_SESSIONS and 0 <= age_us < count * US_PER_SESSION

    def _worked_out(self, sessions: Collection[Session]) -> UserSummary:
        counted = list(self._fleet.counted(sessions))
        told = counted or sessions
        newest = max(told, key=_login_us)
        samples = self._fleet.samples
        inputs = (last_input_us(session, samples.get(session.machine)) for session in counted)
        return UserSummary(
            on=len(counted),
            newest=newest,
            others=len({session.source for session in told} - {newest.source}),
            since_us=min(map(_login_us, told)),
            input_us=max((input_us for input_us in inputs if input_us is not None), default=None),
        )


def _login_us(session: Session) -> int:
    return session.fleet_login_us
