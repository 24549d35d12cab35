"""Endings: the sessions of one machine that ended not long ago, by what a logout would know each by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

from whotop.core.identity import is_bare
from whotop.model import Event, Session


class Endings:
    """Asked when a logout ends no open session, which is rare: only then it takes in those that have ended since."""

    __slots__ = ("_by_mark", "_ended", "_taken_in")

    def __init__(self, ended: dict[bytes, Session]) -> None:
        self._ended = ended
        """The ledger's own: new ones come at the end, and so does one that is better known."""
        self._by_mark: dict[str | int, list[bytes]] = {}
        """The one that ended last at the end."""
        self._taken_in: set[bytes] = set()

    def leave(self, session: Session) -> None:
        """It is no longer among the ended ones, or not as this says."""
        if session.key not in self._taken_in:
            return
        self._taken_in.remove(session.key)
        for mark in _marks(session):
            keys = self._by_mark[mark]
            keys.remove(session.key)
            if not keys:
                del self._by_mark[mark]

    def like(self, logout: Event, most: int) -> Iterator[Session]:
        """Those that it may be of, by each of its marks at most so many, the one that ended last first."""
        self._take_in()
        for mark in _marks(logout):
            yield from (self._ended[key] for key in islice(reversed(self._by_mark.get(mark, ())), most))

    def _take_in(self) -> None:
        new = list(takewhile(self._is_new, reversed(self._ended)))
        for key in reversed(new):
            for mark in _marks(self._ended[key]):
                self._by_mark.setdefault(mark, []).append(key)
        self._taken_in.update(new)

    def _is_new(self, key: bytes) -> bool:
        return key not in self._taken_in


def _marks(report: Session | Event) -> list[str | int]:
    """What a session and its logout are known by: without one of these in common they are not the same (``ends``)."""
    marks: list[str | int] = []
    if report.session_id:
        marks.append("i" + report.session_id)
    if report.leader_pid:
        marks.append(report.leader_pid)
    if report.tty:
        marks.append("t" + report.tty)
    elif is_bare(report):
        marks.append("u" + report.user)
    return marks
