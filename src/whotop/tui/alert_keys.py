"""What keys do to alerts: acknowledge, mute, and go from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.clock import DAY_US, HOUR_US
from whotop.core.alert_marks import Mark, MarkKind
from whotop.errors import WhotopError
from whotop.model import Alert
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.tui.in_hand import InHand
from whotop.tui.pane import Pane
from whotop.tui.views.alerts import AlertsView

_MUTE_US = {"for 1 hour": HOUR_US, "for 8 hours": 8 * HOUR_US, "for 1 day": DAY_US}
_UNTIL_RESOLVED, _NO_LONGER = "until it resolves", "no longer"


class AlertKeys(InHand):
    """Acts on the alert in hand, through the feed: whoever polls makes the mark, and tells of it."""

    def alert_in_hand(self) -> Alert | None:
        """The alert that is selected or shown; ``None`` if there is none."""
        return self.current.alert() if isinstance(self.current, Pane) else None

    def action_acknowledge(self) -> None:
        """Say that one has seen the alert in hand."""
        alert = self._alert_for("acknowledge")
        if alert is not None:
            self._mark(alert, MarkKind.ACKNOWLEDGED, None, "acknowledged: no reminders of it are sent")

    def action_mute(self) -> None:
        """Choose for how long the alert in hand is to disturb nobody."""
        alert = self._alert_for("mute")
        if alert is None:
            return
        from whotop.tui.choice_menu import ChoiceMenu

        is_muted = alert.is_muted(self.desk.scene.now_us())
        words = [*_MUTE_US, _UNTIL_RESOLVED, *([_NO_LONGER] if is_muted else [])]
        menu = ChoiceMenu("Mute", [(each, each) for each in words], _NO_LONGER if is_muted else words[0])
        self.app.push_screen(menu, lambda chosen: self._mute(alert, chosen))

    def _mute(self, alert: Alert, chosen: str | None) -> None:
        if chosen is None:
            return
        now_us = self.desk.scene.clock.now_us()
        until_us = {
            **{words: now_us + length_us for words, length_us in _MUTE_US.items()},
            _UNTIL_RESOLVED: UNTIL_RESOLVED_US,
        }.get(chosen)
        self._mark(alert, MarkKind.MUTED, until_us, f"muted {chosen}")

    def _mark(self, alert: Alert, kind: MarkKind, until_us: int | None, done: str) -> None:
        desk = self.desk
        mark = Mark(
            alert_key=alert.key,
            kind=kind,
            by=desk.options.account,
            time_us=desk.scene.clock.now_us(),
            until_us=until_us,
        )
        self.run_worker(self._hand_on(mark, done), group="mark")

    async def _hand_on(self, mark: Mark, done: str) -> None:
        if self.desk.feed is None:
            return
        try:
            await self.desk.feed.mark(mark)
        except WhotopError as error:
            self.say(str(error), "error")
        else:
            self.say(done)

    def _alert_for(self, action_id: str) -> Alert | None:
        reason = self.why_no_alert(action_id)
        if reason:
            self.say(reason)
        return None if reason else self.alert_in_hand()

    def why_no_alert(self, action_id: str) -> str:
        """Why an action on alerts cannot work just now; '' if it can, or where it is about something else."""
        if action_id in ("next_alert", "previous_alert"):
            return "" if self._list_of_alerts() else "no alerts are listed here"
        if action_id not in ("acknowledge", "mute"):
            return ""
        alert = self.alert_in_hand()
        if alert is None:
            return "no alert is selected"
        if self.desk.feed is None:
            return "the feed has not begun yet"
        if not alert.is_open:
            return "this alert stands no longer"
        if action_id == "acknowledge" and alert.is_acknowledged:
            return f"{alert.acknowledged_by or 'somebody'} has acknowledged it already"
        return ""

    # From one to the next

    def action_next_alert(self) -> None:
        """The next alert of the list."""
        self.go_to_alert(1)

    def action_previous_alert(self) -> None:
        """The alert before."""
        self.go_to_alert(-1)

    def go_to_alert(self, step: int) -> None:
        """Select the alert that many below the selected one; the first press only goes to the list."""
        lists = self._list_of_alerts()
        if not lists:
            self.say(self.why_no_alert("next_alert"))
        elif self.current is lists[0]:
            lists[0].action_move(step)
        else:
            self.show_tile(lists[0].number)

    def _list_of_alerts(self) -> Sequence[Pane]:
        return [pane for pane in self.panes if isinstance(pane.view, AlertsView)]
