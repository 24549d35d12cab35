"""Sessions that are known, and whose own logins are still to be told: by their keys, and by when they began."""

from __future__ import annotations

from collections import defaultdict

from whotop.core.identity import TOLERANCE_US
from whotop.model import Event, Session


class Awaited:
    """Another origin may date a login a little earlier: it is looked for among those of about its time."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, Session] = {}
        self._near: defaultdict[tuple[str, str, int], list[Session]] = defaultdict(list)
        """By machine, user and when."""

    def __bool__(self) -> bool:
        return bool(self._sessions)

    def get(self, key: bytes) -> Session | None:
        """The one of this key."""
        return self._sessions.get(key)

    def add(self, session: Session) -> None:
        """Its login is coming."""
        self._sessions[session.key] = session
        self._near[session.machine, session.user, session.login_us // TOLERANCE_US].append(session)

    def remove(self, session: Session) -> None:
        """Its login came."""
        del self._sessions[session.key]
        place = (session.machine, session.user, session.login_us // TOLERANCE_US)
        self._near[place].remove(session)
        if not self._near[place]:
            del self._near[place]

    def near(self, login: Event) -> list[Session]:
        """Those of the same machine and user that began at about that time."""
        place = login.time_us // TOLERANCE_US
        around = (self._near.get((login.machine, login.user, place + step), ()) for step in (-1, 0, 1))
        return [session for sessions in around for session in sessions]
