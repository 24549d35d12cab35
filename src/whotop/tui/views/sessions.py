"""Open sessions: of a machine, of a user, or of the whole fleet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from whotop.core.fleet import Fleet, Touched
from whotop.model import Session
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.place import MachinePlace, Place, SessionPlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.session_text import session_text
from whotop.tui.views.times import day_and_time, since
from whotop.tui.views.view import Cell, Value, View, natural
from whotop.tui.views.where_from import where_from

SessionsOf: TypeAlias = Callable[[Fleet], Mapping[bytes, Session]]

_COLUMNS = {
    "user": Column("user", "user", 9, 0, flexible=True),
    "machine": Column("machine", "machine", 10, 0, flexible=True),
    "tty": Column("tty", "tty", 7, 6),
    "from": Column("from", "from", 15, 8, flexible=True),
    "since": Column("since", "since", 7, 7),
    "login": Column("login", "since", 16, 7),
    "idle": Column("idle", "idle", 4, 5, align="right"),
    "running": Column("running", "running", 12, 4, flexible=True),
}


class SessionsView(View[bytes]):
    """Key: the session's.

    ``shown`` names its columns, ``of`` picks the sessions from the fleet, and ``nobody`` says what
    it means if there are none.
    """

    name = "Sessions"
    sorts_by = "since"
    fields = frozenset({"user", "machine", "tty", "from", "idle", "running", "service"})

    def __init__(self, scene: Scene, shown: Sequence[str], of: SessionsOf, nobody: Callable[[], str]) -> None:
        super().__init__(scene)
        self.columns = tuple(_COLUMNS[key] for key in shown)
        self._of = of
        self._nobody = nobody
        self._cell_of = {
            "user": self._user,
            "machine": self._machine,
            "tty": self._tty,
            "from": self._from,
            "since": self._since,
            "login": self._login,
            "idle": self._idle,
            "running": self._running,
        }
        self._makers = [self._cell_of[key] for key in shown]
        self.running: dict[bytes, str] = {}
        """What each session runs in its foreground, as far as its machine was asked."""

    def rows(self) -> Iterable[bytes]:
        """The open sessions of whom this is about."""
        return self._of(self.fleet)

    def contains(self, key: bytes) -> bool:
        """Whether it is open."""
        return key in self._of(self.fleet)

    def touched(self, touched: Touched) -> Collection[bytes]:
        """Sessions that changed."""
        return touched.sessions

    def count(self) -> str:
        """How many count: those of machines that are up."""
        return str(sum(1 for _ in self.fleet.counted(self._of(self.fleet).values())))

    def place(self, key: bytes) -> Place | None:
        """On a machine's screen its processes, elsewhere its machine."""
        session = self.fleet.sessions.get(key)
        if session is None:
            return None
        return MachinePlace(session.machine) if self._machine in self._makers else SessionPlace(key)

    def user(self, key: bytes) -> str:
        """Whose it is."""
        session = self.fleet.sessions.get(key)
        return session.user if session else ""

    def source(self, key: bytes) -> str:
        """Where it came from."""
        session = self.fleet.sessions.get(key)
        return session.source if session else ""

    def title(self, key: bytes) -> str:
        """Its user, or the machine where the user is the same in every row."""
        session = self.fleet.sessions.get(key)
        if session is None:
            return ""
        return session.user if self._user in self._makers else session.machine

    def empty(self) -> str:
        """What it means that there are none."""
        return self._nobody()

    def cells(self, key: bytes) -> Sequence[Cell]:
        """Dim, with the time of what we last saw, where the machine is not up."""
        session = self.fleet.sessions[key]
        cells = [make(session) for make in self._makers]
        if self.fleet.is_up(session.machine):
            return cells
        return [[(text, "dim") for text, _ in cell] for cell in cells]

    def _user(self, session: Session) -> Cell:
        return [(session.user, user_role(session.user))]

    def _machine(self, session: Session) -> Cell:
        return [(session.machine, "machine")]

    def _tty(self, session: Session) -> Cell:
        return [(session.tty, "normal")] if session.tty else [("no tty", "dim")]

    def _from(self, session: Session) -> Cell:
        return [where_from(session.source, session.tty)]

    def _since(self, session: Session) -> Cell:
        return [(since(session.fleet_login_us, self.scene.now_us(), self.scene.zone), "time")]

    def _login(self, session: Session) -> Cell:
        return [(day_and_time(session.login_us, self.scene.now_us(), self.scene.zone), "time")]

    def _idle(self, session: Session) -> Cell:
        return [(self.scene.idle(session), "dim")]

    def _running(self, session: Session) -> Cell:
        if not self.fleet.is_up(session.machine):
            machine = self.fleet.machines.get(session.machine)
            seen_us = machine.last_sample_us if machine else 0
            return [(f"as of {since(seen_us, self.scene.now_us(), self.scene.zone)}", "dim")]
        return [(self.running.get(session.key, session.service), "dim")]

    def ages(self, key: bytes) -> str:
        """How long idle."""
        return self.scene.idle(self.fleet.sessions[key])

    def sort_value(self, key: bytes, column: str) -> object:
        """The longest open first; names as people sort them."""
        session = self.fleet.sessions[key]
        if column in ("since", "login"):
            return session.fleet_login_us
        value = self.value(key, column)
        return natural(value) if isinstance(value, str) else value

    def value(self, key: bytes, field: str) -> Value:
        """A session has one of each."""
        session = self.fleet.sessions[key]
        match field:
            case "idle":
                return self.scene.idle_seconds(session)
            case "running":
                return self.running.get(key, "")
            case "service":
                return session.service
            case _:
                return session_text(session, field)

    def visible(self, key: bytes) -> Iterable[str]:
        """All its texts."""
        session = self.fleet.sessions[key]
        return (session.user, session.machine, session.tty, session.source, self.running.get(key, session.service))
