"""What rules are told that take their places while the monitor runs: what they would be told at a start.

With a store that is asked, once all that waits has been written; without one the fleet in memory
knows what there is to know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from whotop.clock import Clock
from whotop.core.fleet import Fleet
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.model import Event, EventKind
from whotop.monitor.judgement import Past, login_of
from whotop.monitor.publisher import Publisher
from whotop.monitor.resumption import NOTHING
from whotop.store.batch import Restored
from whotop.store.store import Store


async def past_of(
    settings: RuleSettings, names: Collection[str], publisher: Publisher, store: Store | None, clock: Clock
) -> Past:
    """What rules of these settings have to know of these machines. Raises StoreError.

    What is in memory is taken up last: nothing happens between that and the return.
    """
    asked = RuleBook(settings)
    now_us = clock.now_us()
    since_us = asked.needs_failures_since_us(now_us)
    if store is None:
        return _past(NOTHING, (), (), publisher)
    restored = await store.known(names)
    failures = await store.events.failures_since(since_us) if since_us < now_us else []
    habits = await store.events.habits() if asked.has_to_learn(restored.rule_states) else []
    return _past(restored, habits, failures, publisher)


def _past(restored: Restored, habits: Iterable[Event], failures: Iterable[Event], publisher: Publisher) -> Past:
    publisher.flush()
    fleet = publisher.fleet
    logins = {login.session_key: login for login in map(login_of, restored.sessions)}
    logins = {login.session_key: login for login in _events(fleet, EventKind.LOGIN)} | logins
    failed = {failure.key: failure for failure in failures}
    failed |= {failure.key: failure for failure in _events(fleet, EventKind.FAILED_LOGIN)}
    return Past(
        states=restored.rule_states,
        habits=habits,
        failures=sorted(failed.values(), key=_time_us),
        logins=sorted(logins.values(), key=_time_us),
        machines=list(fleet.machines.values()),
        open_sessions=list(fleet.sessions.values()),
    )


def _events(fleet: Fleet, kind: EventKind) -> Iterable[Event]:
    return (event for event in fleet.events.values() if event.kind is kind)


def _time_us(event: Event) -> int:
    return event.fleet_time_us
