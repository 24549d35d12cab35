"""``/metrics``: the fleet and this server in figures, for Prometheus.

No label names a machine, a user or a source: how many series there are does not depend on the fleet,
nor on what anybody sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from whotop.clock import SECOND_US, Clock
from whotop.core.fleet import Fleet
from whotop.model import EventKind, Level, MachineState
from whotop.web.live import Live

PATH = "/metrics"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(live: Live, clock: Clock) -> bytes:
    """All figures, in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FleetCollector(live, clock))
    return generate_latest(registry)


class FleetCollector(Collector):
    """Reads the figures when they are asked for."""

    def __init__(self, live: Live, clock: Clock) -> None:
        self._live, self._clock = live, clock

    def collect(self) -> Iterator[Metric]:
        """Each figure. Raises Refusal as long as nothing has been read."""
        fleet, hub = self._live.fleet, self._live.hub
        yield from _of_fleet(fleet, self._clock.now_us())
        yield _gauge("whotop_store_revision", "Revision of the store that was read last", fleet.revision)
        age_seconds = max(0, self._clock.now_us() - fleet.time_us) / SECOND_US
        yield _gauge("whotop_store_age_seconds", "Time since the store last changed", age_seconds)
        yield _gauge("whotop_store_readable", "Whether the store can be read", not self._live.notices)
        yield _gauge("whotop_streams", "Open streams of events", hub.count)
        cut = CounterMetricFamily("whotop_streams_cut", "Streams that were cut off because nobody read them")
        cut.add_metric([], hub.cut_count)
        yield cut
        told = CounterMetricFamily("whotop_events", "Events since this server started, by kind", labels=["kind"])
        for kind in EventKind:
            told.add_metric([kind.value], self._live.events_told[kind])
        yield told


def _of_fleet(fleet: Fleet, now_us: int) -> Iterator[Metric]:
    states = Counter(machine.state for machine in fleet.machines.values())
    yield _by("whotop_machines", "Machines, by state", "state", {state: states[state] for state in MachineState})
    unknown = sum(fleet.is_up(name) and not each.sessions_known for name, each in fleet.machines.items())
    yield _gauge("whotop_machines_cannot_tell", "Machines that are up, but nothing tells who is on them", unknown)
    counted = list(fleet.counted())
    yield _gauge("whotop_sessions", "Open sessions on machines that are up", len(counted))
    yield _gauge("whotop_users", "Users with such a session", len({session.user for session in counted}))
    levels = Counter(alert.level for alert in fleet.open_alerts())
    yield _by("whotop_alerts", "Alerts that stand, by level", "level", {level: levels[level] for level in Level})
    failed = sum(fleet.failures.machine_total(name).in_hour(now_us) for name in fleet.machines)
    yield _gauge("whotop_failed_logins_last_hour", "Failed logins within the last hour", failed)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for each, value in values.items():
        family.add_metric([str(each)], value)
    return family
