"""Sessions of a machine or a user as ``last`` lists them: when, from where, how long, how they ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.clock import SECOND_US
from whotop.core.fleet import Touched
from whotop.model import Outcome, Session
from whotop.text import duration
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.past import Past
from whotop.tui.views.place import MachinePlace, Place, UserPlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.session_text import session_text
from whotop.tui.views.times import day_and_time
from whotop.tui.views.view import Cell, Value, View, natural
from whotop.tui.views.where_from import where_from

_ENDINGS = {
    Outcome.OPEN: ("still on", "up"),
    Outcome.LOGOUT: ("", "dim"),
    Outcome.CRASH: ("crash", "down"),
    Outcome.SHUTDOWN: ("shutdown", "boot"),
    Outcome.GONE: ("gone", "stale"),
}

_LOGIN = Column("login", "login", 16, 0)
_COLUMNS = {
    "user": Column("user", "user", 9, 0, flexible=True),
    "machine": Column("machine", "machine", 9, 0, flexible=True),
    "tty": Column("tty", "tty", 7, 3),
    "from": Column("from", "from", 15, 6, flexible=True),
}
_HOW = (Column("lasted", "lasted", 8, 8, align="right"), Column("outcome", "", 8, 7))


class RecentView(View[bytes]):
    """Key: the session's. ``shown`` names its columns between the login and how long it lasted.

    Times are the machine's own, so that they agree with its ``last``.
    """

    name = "Recent"
    sorts_by = "login"
    sorts_reversed = True
    fields = frozenset({"user", "machine", "tty", "from", "outcome", "lasted"})

    def __init__(self, scene: Scene, past: Past, shown: Sequence[str]) -> None:
        super().__init__(scene)
        self._past = past
        self._shown = shown
        self.columns = (_LOGIN, *(_COLUMNS[key] for key in shown), *_HOW)

    def rows(self) -> Iterable[bytes]:
        """All that are known."""
        return self._past.sessions

    def contains(self, key: bytes) -> bool:
        """Whether it is known."""
        return key in self._past.sessions

    def touched(self, touched: Touched) -> Collection[bytes]:
        """Sessions that came, got better known, or ended."""
        return touched.sessions

    def count(self) -> str:
        """History goes back further than this list; a number would mislead."""
        return ""

    def empty(self) -> str:
        """Nothing is known of the past."""
        return "no login is known"

    def place(self, key: bytes) -> Place | None:
        """The machine, or the user where the machine is the same in every row."""
        session = self._past.sessions[key]
        return MachinePlace(session.machine) if "machine" in self._shown else UserPlace(session.user)

    def user(self, key: bytes) -> str:
        """Whose it was."""
        return self._past.sessions[key].user

    def source(self, key: bytes) -> str:
        """Where it came from."""
        return self._past.sessions[key].source

    def title(self, key: bytes) -> str:
        """What differs from row to row: the machine, or the user on one machine."""
        session = self._past.sessions[key]
        return session.machine if "machine" in self._shown else session.user

    def cells(self, key: bytes) -> Sequence[Cell]:
        """``Nov 19 08:12  alice  pts/3  10.0.3.7  2h 14m``, and how it ended unless by logging out."""
        session = self._past.sessions[key]
        return [
            [(day_and_time(session.login_us, self.scene.now_us() + session.skew_us, self.scene.zone), "time")],
            *(_cell(session, column) for column in self._shown),
            [(duration(self._lasted_seconds(session)), "normal")],
            [_ENDINGS[session.outcome]],
        ]

    def _lasted_seconds(self, session: Session) -> float:
        end_us = self.scene.now_us() + session.skew_us if session.logout_us is None else session.logout_us
        return (end_us - session.login_us) / SECOND_US

    def ages(self, key: bytes) -> str:
        """How long an open one has lasted."""
        session = self._past.sessions[key]
        return duration(self._lasted_seconds(session)) if session.is_open else ""

    def sort_value(self, key: bytes, column: str) -> object:
        """By time; names as people sort them."""
        session = self._past.sessions[key]
        if column == "login":
            return session.login_us
        value = self.value(key, column)
        return natural(value) if isinstance(value, str) else value

    def value(self, key: bytes, field: str) -> Value:
        """One of each."""
        session = self._past.sessions[key]
        match field:
            case "outcome":
                return session.outcome.value
            case "lasted":
                return self._lasted_seconds(session)
            case _:
                return session_text(session, field)

    def visible(self, key: bytes) -> Iterable[str]:
        """All its texts."""
        session = self._past.sessions[key]
        return (*(session_text(session, column) or "" for column in self._shown), _ENDINGS[session.outcome][0])


def _cell(session: Session, column: str) -> Cell:
    match column:
        case "user":
            return [(session.user, user_role(session.user))]
        case "machine":
            return [(session.machine, "machine")]
        case "tty":
            return [(session.tty or "no tty", "dim")]
        case _:
            return [where_from(session.source, session.tty)]
