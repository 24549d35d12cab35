"""Which screen shows a place; each is imported when it is first gone to (20 ms for all)."""

from __future__ import annotations

from whotop.tui.desk import Desk
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.views.place import AlertPlace, MachinePlace, SourcePlace, UsagePlace, UserPlace


def screen_at(place: MachinePlace | UserPlace | SourcePlace | AlertPlace | UsagePlace, desk: Desk) -> PaneScreen | None:
    """A new screen of that place; None for an alert that is known no longer."""
    match place:
        case AlertPlace(key):
            from whotop.tui.alert_screen import AlertScreen

            alert = desk.fleet.alerts.get(key) or desk.past_alerts.get(key)
            return None if alert is None else AlertScreen(desk, alert)
        case MachinePlace(machine):
            from whotop.tui.machine_screen import MachineScreen

            return MachineScreen(desk, machine)
        case UserPlace(user):
            from whotop.tui.user_screen import UserScreen

            return UserScreen(desk, user)
        case SourcePlace(source):
            from whotop.tui.source_screen import SourceScreen

            return SourceScreen(desk, source)
        case UsagePlace():
            from whotop.tui.usage_screen import UsageScreen

            return UsageScreen(desk)
