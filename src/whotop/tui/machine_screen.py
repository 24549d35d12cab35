"""One machine: who is on it, how it has been for an hour, who came and went, what looks wrong."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from whotop.core.feed import History
from whotop.core.names import NameKind
from whotop.errors import MachineError
from whotop.model import Event
from whotop.tui.charts import Charts
from whotop.tui.desk import Desk
from whotop.tui.facts import Facts
from whotop.tui.history_screen import HistoryScreen
from whotop.tui.intake import News
from whotop.tui.pane import Pane
from whotop.tui.span_line import Piece
from whotop.tui.tile import Tile
from whotop.tui.views.alerts import AlertsView
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.machine_facts import condition, identity, origins
from whotop.tui.views.nobody import no_failures_on_machine, nobody_on_machine
from whotop.tui.views.past import Past
from whotop.tui.views.past_failures import PastFailures
from whotop.tui.views.place import MachinePlace
from whotop.tui.views.process_tree import foreground
from whotop.tui.views.recent import RecentView
from whotop.tui.views.sessions import SessionsView

RECENT_SESSIONS = 300
RUNNING_TICKS = 5
"""Every so many seconds its sessions are asked what they run."""


class MachineScreen(HistoryScreen):
    """Times here are the machine's own, so that they agree with its ``last``."""

    def __init__(self, desk: Desk, machine: str) -> None:
        self.machine = machine
        self.place = MachinePlace(machine)
        self._past = Past(lambda session: session.machine == machine)
        self._failures = PastFailures(NameKind.MACHINE, machine)
        self._ticks = 0
        self._facts = {name: Facts(id=name) for name in ("identity", "condition", "origins")}
        super().__init__(desk)

    @property
    def crumb(self) -> str:
        """Its name."""
        return self.machine

    def make_tiles(self) -> Sequence[Tile]:
        """1 open sessions, 2 charts, 3 recent sessions, 4 alerts, 5 failed logins."""
        scene, name = self.desk.scene, self.machine
        self._sessions = SessionsView(
            scene,
            ("user", "tty", "from", "login", "idle", "running"),
            lambda fleet: fleet.sessions_of_machine.get(name, {}),
            lambda: nobody_on_machine(scene.fleet, name),
        )
        self._sessions_pane = Pane(1, self._sessions)
        self._charts = Charts(2, scene, name)
        self._recent = Pane(3, RecentView(scene, self._past, ("user", "tty", "from")))
        failed = FailedLoginsView(
            scene,
            ("user", "from", "tty"),
            lambda fleet: fleet.failures.of_machine(name),
            lambda: no_failures_on_machine(scene.fleet, name),
            self._failures,
        )
        self._failed = Pane(5, failed)
        return [self._sessions_pane, self._charts, self._recent, Pane(4, AlertsView(scene, name)), self._failed]

    def compose_header(self) -> ComposeResult:
        """Three lines of what is known of the machine itself."""
        yield from self._facts.values()

    def on_mount(self) -> None:
        """Begin with what the fleet knows."""
        self._past.add(self.desk.fleet.sessions_of_machine.get(self.machine, {}).values())
        self._show_facts()
        self.call_after_refresh(self._ask_running)

    def is_of_interest(self, event: Event) -> bool:
        """Whether this machine has written it."""
        return event.machine == self.machine

    async def load(self, history: History) -> None:
        """Ask for the newest sessions, the figures of the last hour and the failed logins that are kept."""
        self._past.add(await history.sessions(machine=self.machine, limit=RECENT_SESSIONS))
        self._recent.reload()
        await self._charts.load(history)
        await self._failures.load(history)
        self._failed.reload()

    def take(self, news: News) -> None:
        """A batch has been applied."""
        self._past.take(news.changes)
        super().take(news)
        if self.machine in news.touched.machines:
            self._show_facts()

    def tick(self) -> None:
        """A second has passed."""
        super().tick()
        self._show_facts()
        self._ticks += 1
        if self._ticks % RUNNING_TICKS == 0:
            self._ask_running()

    def _show_facts(self) -> None:
        scene, machine = self.desk.scene, self.desk.fleet.machines.get(self.machine)
        if machine is None:
            lines = {
                "identity": [(" not watched: what is listed was imported, or seen before", "dim")],
                "condition": [],
                "origins": [],
            }
        else:
            lines = {
                "identity": identity(scene, machine),
                "condition": condition(scene, machine),
                "origins": origins(machine),
            }
        for name, spans in lines.items():
            self._facts[name].show([Piece(text, role) for text, role in spans])

    # What runs

    def _ask_running(self) -> None:
        if self.desk.scene.paused_us is None and self.desk.fleet.is_up(self.machine):
            self.run_worker(self._read_running(), group="running", exclusive=True)

    async def _read_running(self) -> None:
        feed = self.desk.feed
        for key in self._sessions_pane.keys_in_sight():
            session = self.desk.fleet.sessions.get(key) if isinstance(key, bytes) else None
            if feed is None or session is None:
                continue
            try:
                command = foreground(await feed.processes(session))
            except MachineError:
                # Said nowhere: the column stays empty, and opening the session tells why.
                return
            if command and self._sessions.running.get(session.key) != command:
                self._sessions.running[session.key] = command
                self._sessions_pane.touch([session.key])
