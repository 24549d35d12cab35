"""Writes and reads the machines of alerts over several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Delete, Select, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.model import Alert
from whotop.store.alert_tables import alert_machines
from whotop.store.prepared import Row
from whotop.store.schema import alerts, machines
from whotop.store.transaction import Transaction

_DELETE: Delete = delete(alert_machines).where(alert_machines.c.alert_key == bindparam("of_alert"))
_INSERT = insert(alert_machines)


class AlertMachines:
    """Writes an alert's machines where they differ from those last written: most updates only count on."""

    def __init__(self) -> None:
        self._written: dict[bytes, tuple[str, ...]] = {}

    async def write(self, transaction: Transaction, batch: Iterable[Alert]) -> None:
        """Write those of the alerts of one commit."""
        several = [alert for alert in batch if alert.machines]
        changed = [alert for alert in several if self._written.get(alert.key) != alert.machines]
        if changed:
            await transaction.write(_DELETE, [{"of_alert": alert.key} for alert in changed])
            await transaction.write(_INSERT, _rows(changed, transaction.machine_ids))
        self._written.update((alert.key, alert.machines) for alert in changed)
        for alert in several:
            if not alert.is_open:
                self._written.pop(alert.key, None)

    def forget(self) -> None:
        """A commit has failed: nobody knows what is there."""
        self._written.clear()


def _rows(changed: Iterable[Alert], ids: dict[str, int]) -> Iterator[Row]:
    for alert in changed:
        for position, name in enumerate(dict.fromkeys(alert.machines)):
            yield {"alert_key": alert.key, "machine_id": ids[name], "position": position}


async def machines_of(connection: AsyncConnection, chosen: Select[Any]) -> dict[bytes, tuple[str, ...]]:
    """The machines of each alert over several, among those that a statement on ``alerts`` chooses."""
    keys = chosen.with_only_columns(alerts.c.key).where(alerts.c.machine_id.is_(None))
    statement = (
        select(alert_machines.c.alert_key, machines.c.name)
        .join(machines, machines.c.id == alert_machines.c.machine_id)
        .where(alert_machines.c.alert_key.in_(keys))
        .order_by(alert_machines.c.position)
    )
    found: dict[bytes, list[str]] = {}
    for key, name in await connection.execute(statement):
        found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}
