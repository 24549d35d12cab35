"""From alerts to deliveries: who is told of what, once when it opens, once when it resolves, and reminders.

Pure: it is told what happens and when, and gives what is to be queued. What it remembers of each alert
(who was told, and when last) comes back from the queue after a restart; and the keys of deliveries
are such that telling twice queues once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from whotop.clock import MINUTE_US, SECOND_US
from whotop.config.notify_settings import NotifyTable
from whotop.core.fleet import Fleet
from whotop.model import Alert
from whotop.model.delivery import Delivery, DeliveryKind
from whotop.notify import words
from whotop.notify.keys import alert_delivery_key
from whotop.notify.recipients import Recipient, Recipients

PATIENCE_US = 5 * MINUTE_US
"""An alert that comes back so soon after it was over is told again only then, if it still stands."""
GATHER_US = 2 * SECOND_US
"""How long a message waits for others to the same target: what comes at once may go as one."""


class Notifier:
    """Tells of alerts. ``fleet`` is only looked at, for who is on a machine while its alert is told."""

    def __init__(self, table: NotifyTable, zone: tzinfo, fleet: Fleet, recipients: Recipients) -> None:
        self._fleet, self._recipients = fleet, recipients
        self.settle(table, zone)
        self._open: dict[bytes, Alert] = {}
        self._told: dict[bytes, dict[Recipient, int]] = {}
        """Of each open alert who was told, and when last."""
        self._over_us: dict[tuple[bytes, Recipient], int] = {}
        """When who was told that an alert was over, if it was lately; the latest at the end."""

    def settle(self, table: NotifyTable, zone: tzinfo) -> None:
        """Remind as this table says from now on. Whoever was told of what stays known."""
        self._zone = zone
        self._remind_us = None if table.remind_seconds is None else round(table.remind_seconds * SECOND_US)

    def resume(self, alerts: Iterable[Alert], told: Iterable[Delivery]) -> None:
        """Take up alerts as the store has them, open ones and those that may come back, and what was queued of them."""
        self._open.update((alert.key, alert) for alert in alerts if alert.is_open)
        for delivery in sorted(told, key=lambda delivery: delivery.created_us):
            recipient = (delivery.channel, delivery.target)
            told_to = self._told.setdefault(delivery.alert, {})
            told_to[recipient] = delivery.created_us
            if delivery.kind is DeliveryKind.RESOLVE:
                del told_to[recipient]
                self._over_us[delivery.alert, recipient] = delivery.created_us

    def on_alert(self, alert: Alert, now_us: int) -> list[Delivery]:
        """An alert opened, was updated, or resolved: what is to be queued."""
        if not alert.is_open:
            return self._resolved(alert, now_us)
        self._open[alert.key] = alert
        return self._opened(alert, now_us)

    def tick(self, now_us: int) -> list[Delivery]:
        """Time has passed: reminders, and alerts whose muting has ended, or which came back and stayed."""
        while self._over_us and next(iter(self._over_us.values())) <= now_us - PATIENCE_US:
            del self._over_us[next(iter(self._over_us))]
        due = [delivery for alert in self._open.values() for delivery in self._opened(alert, now_us)]
        if self._remind_us is not None:
            due += [delivery for alert in self._open.values() for delivery in self._reminders(alert, now_us)]
        return due

    def _opened(self, alert: Alert, now_us: int) -> list[Delivery]:
        """Messages for those who are to know and do not: the level may have risen since."""
        if alert.is_muted(now_us):
            return []
        told = self._told.get(alert.key, {})
        wanted = [
            recipient
            for recipient in self._recipients.of_alert(alert)
            if recipient not in told and self._over_us.get((alert.key, recipient), 0) <= now_us - PATIENCE_US
        ]
        return [self._delivery(alert, DeliveryKind.OPEN, recipient, now_us, alert.updated_us) for recipient in wanted]

    def _resolved(self, alert: Alert, now_us: int) -> list[Delivery]:
        """Whoever was told that it opened is told that it is over; one that nobody saw open is told at once."""
        was_open = self._open.pop(alert.key, None) is not None
        told = list(self._told.pop(alert.key, {}))
        if alert.is_muted(now_us):
            return []
        recipients = told if was_open else self._recipients.of_alert(alert)
        resolved_us = alert.resolved_us or now_us
        for recipient in recipients:
            self._over_us[alert.key, recipient] = now_us
        return [self._delivery(alert, DeliveryKind.RESOLVE, recipient, now_us, resolved_us) for recipient in recipients]

    def _reminders(self, alert: Alert, now_us: int) -> list[Delivery]:
        assert self._remind_us is not None
        if alert.is_muted(now_us) or alert.is_acknowledged:
            return []
        every_us = self._remind_us
        number = (now_us - alert.opened_us) // every_us
        late = [
            recipient for recipient, told_us in self._told.get(alert.key, {}).items() if now_us - told_us >= every_us
        ]
        return [self._delivery(alert, DeliveryKind.REMIND, recipient, now_us, number) for recipient in late]

    def _delivery(
        self, alert: Alert, kind: DeliveryKind, recipient: Recipient, now_us: int, number: int = 0
    ) -> Delivery:
        channel, target = recipient
        if kind is not DeliveryKind.RESOLVE:
            self._told.setdefault(alert.key, {})[recipient] = now_us
        return Delivery(
            key=alert_delivery_key(alert.key, kind, channel, target, number),
            channel=channel,
            target=target,
            kind=kind,
            alert=alert.key,
            machine=alert.machine,
            subject=words.subject(alert, kind),
            body=words.body(alert, kind, self._scene(alert, now_us)),
            created_us=now_us,
            due_us=now_us + GATHER_US,
        )

    def _scene(self, alert: Alert, now_us: int) -> words.Scene:
        machine = self._fleet.machines.get(alert.machine)
        return words.Scene(
            now_us=now_us,
            zone=self._zone,
            address="" if machine is None else machine.address,
            who=tuple(self._fleet.sessions_of_machine.get(alert.machine, {}).values()),
            knows_who=machine is not None and machine.sessions_known,
            is_up=self._fleet.is_up(alert.machine),
        )
