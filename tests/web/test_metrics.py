from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.tui.small_fleet import event, machine, session
from tests.web.world import World
from whotop.clock import SECOND_US
from whotop.core.feed import EventAdded, MachineChanged, SessionChanged
from whotop.model import EventKind

Figures = dict[tuple[str, str], float]


async def figures(client: httpx.AsyncClient) -> Figures:
    """Each figure by its name and the value of its label."""
    response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(response.text)
    samples = (sample for family in families for sample in family.samples)
    return {(sample.name, "".join(sample.labels.values())): sample.value for sample in samples}


async def test_the_fleet_is_told_in_figures(client: httpx.AsyncClient) -> None:
    found = await figures(client)
    assert found["whotop_machines", "up"] == 5
    assert found["whotop_machines", "down"] == 1
    assert found["whotop_machines_cannot_tell", ""] == 1
    assert found["whotop_sessions", ""] == 7
    assert found["whotop_users", ""] == 5
    assert found["whotop_alerts", "high"] == 1
    assert found["whotop_failed_logins_last_hour", ""] == 24
    assert found["whotop_store_readable", ""] == 1


async def test_no_label_depends_on_what_the_fleet_says(client: httpx.AsyncClient, small: World) -> None:
    before = await figures(client)
    for number in range(50):
        await small.publish(
            MachineChanged(machine(f"new-{number}")),
            SessionChanged(session(500 + number, f"new-{number}", f"user{number}", SECOND_US)),
            EventAdded(event(500 + number, EventKind.LOGIN, f"new-{number}", 1, f"user{number}")),
        )
    after = await figures(client)
    assert after.keys() == before.keys()
    assert after["whotop_events_total", "login"] == 50
    assert after["whotop_machines", "up"] == 55
