"""One alert: what is wrong by which rule, the events behind it, whom it concerns, and what was before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from textual.app import ComposeResult

from whotop.clock import MINUTE_US
from whotop.core.feed import History
from whotop.model import Alert, Event
from whotop.model.delivery import Delivery
from whotop.tui.desk import Desk
from whotop.tui.facts import Facts
from whotop.tui.go_to import GoTo
from whotop.tui.history_screen import HistoryScreen
from whotop.tui.intake import News
from whotop.tui.pane import Pane
from whotop.tui.span_line import Piece
from whotop.tui.tile import Tile
from whotop.tui.views import alert_facts
from whotop.tui.views.alert_subject import source_of, user_of
from whotop.tui.views.alerts import AlertsView, order_of
from whotop.tui.views.machines_of_alert import MachinesOfAlertView
from whotop.tui.views.own_events import AroundView, EvidenceView
from whotop.tui.views.place import AlertPlace, Place
from whotop.tui.views.told import told
from whotop.tui.views.view import Span, View

AROUND_US = 5 * MINUTE_US
AROUND_EVENTS = 200
EARLIER_ALERTS = 200


class AlertScreen(HistoryScreen):
    """Goes on showing its alert when that resolves."""

    def __init__(self, desk: Desk, alert: Alert) -> None:
        self.place = AlertPlace(alert.key)
        self._alert = alert
        self._earlier: dict[bytes, Alert] = {}
        self._told: list[Delivery] = []
        self._facts = {name: Facts(id=name) for name in ("state", "text", "rule")}
        super().__init__(desk)

    @property
    def crumb(self) -> str:
        """Its rule, and the machine if it is one."""
        return f"{self._alert.rule} {self._alert.machine}".strip()

    def make_tiles(self) -> Sequence[Tile]:
        """Evidence, if the rule judges events; the machines, or what else happened on the one; earlier alerts."""
        scene, alert = self.desk.scene, self._alert
        self._evidence, self._around = EvidenceView(scene), AroundView(scene)
        views: list[View[Any]] = [self._evidence] if alert.evidence else []
        views.append(self._around if alert.machine else MachinesOfAlertView(scene, alert.key))
        views.append(EarlierAlertsView(scene, alerts=self._earlier))
        return [Pane(number, view) for number, view in enumerate(views, 1)]

    def compose_header(self) -> ComposeResult:
        """Three lines of what is known of the alert itself."""
        yield from self._facts.values()

    def on_mount(self) -> None:
        """Begin with what the fleet knows."""
        self._show_facts()

    async def load(self, history: History) -> None:
        """Ask for the evidence, for what surrounds it, and for what was before."""
        alert = self._alert
        self._evidence.keep(await history.events_of(alert.evidence))
        if alert.machine:
            start_us, end_us = alert.opened_us - AROUND_US, alert.opened_us + AROUND_US
            around = await history.events(machine=alert.machine, start_us=start_us, end_us=end_us, limit=AROUND_EVENTS)
            self._around.keep(event for event in around if event.key not in alert.evidence)
        self._told = await history.deliveries(alert.key)
        self._show_facts()
        earlier = await history.alerts(machine=alert.machine or None, limit=EARLIER_ALERTS)
        self._earlier.clear()
        self._earlier.update((each.key, each) for each in earlier if self._is_kin(each))
        self.desk.past_alerts.update(self._earlier)
        for pane in self.panes:
            pane.reload()
        self.show_titles()

    def _is_kin(self, other: Alert) -> bool:
        """Of the same machine; or, where it is about several, of the same rule and subject."""
        alert = self._alert
        if other.key == alert.key:
            return False
        return bool(alert.machine) or (other.rule, other.subject) == (alert.rule, alert.subject)

    def is_of_interest(self, event: Event) -> bool:
        """Whether it is about the machine."""
        return event.machine == self._alert.machine

    def take(self, news: News) -> None:
        """A batch has been applied."""
        super().take(news)
        before, now = self._alert, self.desk.fleet.alerts.get(self._alert.key)
        if now is None or now is before:
            return
        self._alert = now
        self._show_facts()
        if now.evidence != before.evidence or now.is_open != before.is_open:
            self.history_wanted.ask_later()  # the store writes a moment after the feed tells

    def missed_something(self) -> None:
        """It may have grown or resolved while another screen stood over this one."""
        self._alert = self.desk.fleet.alerts.get(self._alert.key, self._alert)
        self._show_facts()
        super().missed_something()

    def tick(self) -> None:
        """A second has passed; what waits to be told is told by whoever polls, without a word in the feed."""
        super().tick()
        if any(delivery.is_waiting for delivery in self._told):
            self.history_wanted.ask()
        self._show_facts()

    def _show_facts(self) -> None:
        scene, alert = self.desk.scene, self._alert
        self._facts["state"].show(_pieces(alert_facts.state(scene, alert)), _pieces(alert_facts.marks(scene, alert)))
        self._facts["text"].show(_pieces(alert_facts.text(alert)), _pieces(told(self._told)))
        self._facts["rule"].show(_pieces(alert_facts.rule(alert, self.desk.options.rules)))

    # What keys are about

    def leading_actions(self) -> Collection[str]:
        """Whichever pane is in focus, it is about the alert."""
        return AlertsView.leading_actions

    def alert_in_hand(self) -> Alert | None:
        """The one that is shown, whichever pane keys are about."""
        return self._alert

    def user_in_hand(self) -> str:
        """That of the selected row, or else the one whom the alert is about."""
        return super().user_in_hand() or user_of(self._alert)

    def machine_in_hand(self) -> str:
        """That of the selected row, or else the one that the alert is about."""
        return super().machine_in_hand() or self._alert.machine

    def source_in_hand(self) -> str:
        """That of the selected row, or else the one that the alert is about."""
        return super().source_in_hand() or source_of(self._alert)

    def go_to_alert(self, step: int) -> None:
        """Show the next one of the fleet's list in place of this."""
        fleet, now_us = self.desk.fleet, self.desk.scene.now_us()
        standing = [alert for alert in fleet.alerts.values() if alert.is_open or alert.key == self._alert.key]
        listed = sorted(standing, key=lambda alert: order_of(alert, now_us), reverse=True)
        index = next((number for number, alert in enumerate(listed) if alert.key == self._alert.key), -1) + step
        if 0 <= index < len(listed):
            self.post_message(GoTo(AlertPlace(listed[index].key), instead=True))
        else:
            self.say("this is the last alert" if step > 0 else "this is the first alert")


def _pieces(spans: Iterable[Span]) -> list[Piece]:
    return [Piece(text, role) for text, role in spans]


class EarlierAlertsView(AlertsView):
    """Other alerts of the same machine, or of the same rule and subject."""

    name = "Earlier"
    sorts_by = "time"

    def place(self, key: bytes) -> Place | None:
        """Its own screen, also where it resolved long ago."""
        return AlertPlace(key)

    def count(self) -> str:
        """How many are known."""
        return str(len(self._alerts))

    def empty(self) -> str:
        """It is the first."""
        return "none before this one"
