"""How many events a second the tracker, the windows and the rules take in, on one core.

A mixed stream over a thousand machines, in time order: logins and logouts as wtmp writes them, each
login told by logind too, failed logins, boots, and sources that log in again and again. Prints one
line a stage, or JSON with ``--json``. Budget: 300,000 events a second for all together.

How many that is depends on the machine, and on who else is busy there. So a floor is taken in the
same run: the least plain loop that keeps who is logged in, in a dict, from the same events, without
keys, sessions or doubt. What a stage costs in floors hardly differs from one machine to the next: it
is the figure to compare two versions by.

    python bench/tracker.py [--machines 1000] [--events 100000] [--rounds 5] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from whotop.cli import cycles
from whotop.core.holdback import Holdback
from whotop.core.keys import event_key
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.core.windows import TumblingWindows
from whotop.model import Event, EventKind, Origin

SECOND_US = 1_000_000
START_US = 1_700_000_000 * SECOND_US
BUDGET = 300_000
LOGIN, LOGOUT, FAILED_LOGIN = EventKind.LOGIN, EventKind.LOGOUT, EventKind.FAILED_LOGIN


SLICE = 500
"""Events are made and taken in so many at a time, as a monitor does: they are still in the cache."""


def stream(machines: int, seed: int = 1) -> Iterator[Event]:
    """Events without end, about 7 a second: five logins an hour on each of a thousand machines."""
    chance = random.Random(seed)
    open_logins: list[Event] = []
    time_us = START_US
    number = 0
    while True:
        time_us += chance.randrange(400_000)
        machine = f"web-{chance.randrange(machines):04d}"
        kind = chance.random()
        if kind < 0.40:
            number += 1
            login = _login(chance, machine, number, time_us)
            open_logins.append(login)
            yield login
            yield _as_logind_tells(login, number)
        elif kind < 0.80 and open_logins:
            yield _logout(open_logins.pop(chance.randrange(len(open_logins))), time_us)
        elif kind < 0.999:
            yield _failure(chance, machine, time_us)
        else:
            yield Event(machine=machine, kind=EventKind.BOOT, time_us=time_us, origin=Origin.WTMP)


def _login(chance: random.Random, machine: str, number: int, time_us: int) -> Event:
    busy = chance.random() < 0.2
    return Event(
        machine=machine,
        kind=LOGIN,
        time_us=time_us,
        user=f"user{chance.randrange(500)}",
        tty=f"pts/{number % 4000}",
        source=f"10.0.0.{chance.randrange(20)}" if busy else f"10.{chance.randrange(1, 250)}.{chance.randrange(250)}.7",
        origin=Origin.WTMP,
        login_pid=number,
    )


def _as_logind_tells(login: Event, number: int) -> Event:
    return Event(
        machine=login.machine,
        kind=LOGIN,
        time_us=login.time_us - 20_000,
        user=login.user,
        tty=login.tty,
        source=login.source,
        origin=Origin.LOGIND,
        session_id=str(number),
        leader_pid=login.login_pid + 4_000_000,
    )


def _logout(login: Event, time_us: int) -> Event:
    return Event(
        machine=login.machine,
        kind=LOGOUT,
        time_us=time_us,
        tty=login.tty,
        origin=Origin.WTMP,
        login_pid=login.login_pid,
    )


def _failure(chance: random.Random, machine: str, time_us: int) -> Event:
    return Event(
        machine=machine,
        kind=EventKind.FAILED_LOGIN,
        time_us=time_us,
        user="root",
        tty="ssh:notty",
        source=f"203.0.113.{chance.randrange(250)}",
        origin=Origin.BTMP,
    )


Feed = Callable[[list[Event]], None]


def floor() -> Feed:
    """Who is logged in, and nothing else."""
    logged_in: dict[tuple[str, str], str] = {}

    def feed(events: list[Event]) -> None:
        for event in events:
            kind = event.kind
            if kind is LOGIN:
                logged_in[event.machine, event.tty] = event.user
            elif kind is LOGOUT:
                logged_in.pop((event.machine, event.tty), None)

    return feed


def keys() -> Feed:
    """A key for every event."""

    def feed(events: list[Event]) -> None:
        for event in events:
            event_key(event)

    return feed


def tracker() -> Feed:
    """The tracker alone."""
    apply = SessionTracker().apply

    def feed(events: list[Event]) -> None:
        for event in events:
            apply(event)

    return feed


def windows() -> Feed:
    """The windows alone, fed with every login."""
    held = TumblingWindows(3_600 * SECOND_US)

    def feed(events: list[Event]) -> None:
        for event in events:
            if event.kind is LOGIN:
                held.add(event.source, event.user, event.machine, event.fleet_time_us, event.key)
        held.expire(events[-1].time_us - 86_400 * SECOND_US)

    return feed


def holdback() -> Feed:
    """The hold-back alone, asked once a second."""
    held = Holdback()
    asked_us = 0

    def feed(events: list[Event]) -> None:
        nonlocal asked_us
        for event in events:
            held.add(event, event.time_us)
            if event.time_us - asked_us > SECOND_US:
                asked_us = event.time_us
                held.due(asked_us)

    return feed


def logins() -> Feed:
    """Tracker, windows and rules; failed logins are tracked, and not judged."""
    tracker, rules = SessionTracker(), RuleBook(RuleSettings())

    def feed(events: list[Event]) -> None:
        now_us = events[-1].time_us
        for transition in tracker.apply_all(events):
            accepted = transition.event
            if accepted is not None and accepted.kind is LOGIN:
                rules.on_login(accepted, now_us)
        rules.tick(now_us)

    return feed


def together() -> Feed:
    """Tracker, windows and rules, as the monitor runs them: every login and every failure is judged."""
    tracker, rules = SessionTracker(), RuleBook(RuleSettings())

    def feed(events: list[Event]) -> None:
        now_us = events[-1].time_us
        for transition in tracker.apply_all(events):
            accepted = transition.event
            if accepted is None:
                continue
            if accepted.kind is LOGIN:
                rules.on_login(accepted, now_us)
            elif accepted.kind is FAILED_LOGIN:
                rules.on_failed_login(accepted, now_us)
        rules.tick(now_us)

    return feed


STAGES = (floor, keys, tracker, windows, holdback, logins, together)


def slice_seconds(machines: int, count: int) -> dict[str, list[float]]:
    """CPU seconds of each stage for each slice of the stream."""
    feeds = {stage.__name__: stage() for stage in STAGES}
    seconds: dict[str, list[float]] = {name: [] for name in feeds}
    events = stream(machines)
    for _ in range(0, count, SLICE):
        piece = list(islice(events, SLICE))
        for name, feed in feeds.items():
            before = time.process_time()
            feed(piece)
            seconds[name].append(time.process_time() - before)
    return seconds


def rates(machines: int, count: int, rounds: int) -> dict[str, float]:
    """Events a second of each stage.

    Every round does the same work, so the least time of each slice is what the work takes when
    nothing else runs on the machine.
    """
    measured = [slice_seconds(machines, count) for _ in range(rounds)]
    least = {name: sum(map(min, zip(*(found[name] for found in measured), strict=True))) for name in measured[0]}
    return {name: count / seconds for name, seconds in least.items()}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--machines", type=int, default=1_000)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    cycles.seldom()  # as whotop itself runs
    best = rates(chosen.machines, chosen.events, chosen.rounds)
    found: dict[str, Any] = {"machines": chosen.machines, "events": chosen.events, "events_per_second": best}
    found["floors"] = {name: best["floor"] / value for name, value in best.items()}
    found |= {"budget": BUDGET, "met": best["together"] >= BUDGET}
    if chosen.json:
        print(json.dumps(found))
        return
    for name, value in best.items():
        floors = best["floor"] / value
        print(f"{name:10} {value:12,.0f} events/s {1e6 / value:8.2f} µs an event {floors:6.1f} floors")
    print(f"budget     {BUDGET:12,} events/s, together: {'met' if found['met'] else 'not met'}")


if __name__ == "__main__":
    main()
