"""Alerts in the fleet that a front end keeps."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.core.feed import AlertChanged, Batch
from whotop.core.fleet import RESOLVED_KEPT, Fleet, Touched
from whotop.model import Alert, Level


def alert(number: int, *machines: str) -> Alert:
    return Alert(
        key=number.to_bytes(16),
        rule="failed",
        level=Level.WARN,
        machine="",
        machines=machines,
        subject="203.0.113.9",
        text="",
        opened_us=number,
        updated_us=number,
    )


def taken(fleet: Fleet, *alerts: Alert) -> Touched:
    return fleet.apply(Batch(fleet.revision + 1, 1, tuple(map(AlertChanged, alerts))))


def test_an_alert_over_several_machines_touches_all_of_them() -> None:
    assert taken(Fleet(), alert(1, "web-01", "db-02")).machines == {"web-01", "db-02"}


def test_of_alerts_that_resolved_the_latest_are_kept_and_of_open_ones_all() -> None:
    fleet = Fleet()
    standing = alert(0, "web-01")
    taken(fleet, standing)
    for number in range(1, RESOLVED_KEPT + 3):
        taken(fleet, replace(alert(number, "web-01"), resolved_us=number))
    assert len(fleet.alerts) == RESOLVED_KEPT + 1
    assert standing.key in fleet.alerts
    assert alert(2).key not in fleet.alerts


def test_an_alert_that_comes_back_stays_however_many_resolve() -> None:
    fleet = Fleet()
    taken(fleet, replace(alert(0), resolved_us=1))
    taken(fleet, alert(0))
    for number in range(1, RESOLVED_KEPT + 3):
        taken(fleet, replace(alert(number), resolved_us=number))
    assert fleet.alerts[alert(0).key].is_open


def test_an_alert_says_where_it_is_in_a_few_words() -> None:
    assert alert(1).where == "fleet"
    assert alert(1, "web-01").where == "1 machine"
    assert alert(1, *(str(number) for number in range(1_000))).where == "1,000+ machines"
    assert replace(alert(1), machine="db-02").where == "db-02"
