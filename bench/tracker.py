"""How many events a second the tracker, the windows and the rules take in, on one core.

A mixed stream over a thousand machines, in time order: logins and logouts as wtmp writes them, each
login told by logind too, failed logins, boots, and sources that log in again and again. Prints one
line a stage, or JSON with ``--json``. Budget: 300,000 events a second for all together.

    python bench/tracker.py [--machines 1000] [--events 300000] [--rounds 3] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import time
from collections.abc import Callable
from typing import Any

from whotop.core.holdback import Holdback
from whotop.core.keys import event_key
from whotop.core.rules import RuleBook, RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.core.windows import TumblingWindows
from whotop.model import Event, EventKind, Origin

SECOND_US = 1_000_000
START_US = 1_700_000_000 * SECOND_US
BUDGET = 300_000
LOGIN, LOGOUT = EventKind.LOGIN, EventKind.LOGOUT


def stream(machines: int, count: int, seed: int = 1) -> list[Event]:
    """``count`` events, about 7 a second: five logins an hour on each of a thousand machines."""
    chance = random.Random(seed)
    open_logins: list[Event] = []
    events: list[Event] = []
    time_us = START_US
    number = 0
    while len(events) < count:
        time_us += chance.randrange(400_000)
        machine = f"web-{chance.randrange(machines):04d}"
        kind = chance.random()
        if kind < 0.40:
            number += 1
            events += [login := _login(chance, machine, number, time_us), _as_logind_tells(login, number)]
            open_logins.append(login)
        elif kind < 0.80 and open_logins:
            events.append(_logout(open_logins.pop(chance.randrange(len(open_logins))), time_us))
        elif kind < 0.999:
            events.append(_failure(chance, machine, time_us))
        else:
            events.append(Event(machine=machine, kind=EventKind.BOOT, time_us=time_us, origin=Origin.WTMP))
    return events[:count]


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


def keys(events: list[Event]) -> None:
    """A key for every event."""
    for event in events:
        event_key(event)


def tracker(events: list[Event]) -> None:
    """The tracker alone."""
    apply = SessionTracker().apply
    for event in events:
        apply(event)


def windows(events: list[Event]) -> None:
    """The windows alone, fed with every login."""
    add = TumblingWindows(3_600 * SECOND_US).add_event
    for event in events:
        if event.kind is LOGIN:
            add(event)


def holdback(events: list[Event]) -> None:
    """The hold-back alone, asked four times a second."""
    held = Holdback()
    asked_us = 0
    for event in events:
        held.add(event, event.time_us)
        if event.time_us - asked_us > 250_000:
            asked_us = event.time_us
            held.due(asked_us)


def together(events: list[Event]) -> None:
    """Tracker, windows and rules, as the monitor runs them."""
    apply, rules = SessionTracker().apply, RuleBook(RuleSettings())
    ticked_us = 0
    for event in events:
        for transition in apply(event):
            accepted = transition.event
            if accepted is not None and accepted.kind is LOGIN:
                rules.on_login(accepted, event.time_us)
        if event.time_us - ticked_us > SECOND_US:
            ticked_us = event.time_us
            rules.tick(ticked_us)


def rate(stage: Callable[[list[Event]], None], events: list[Event], rounds: int) -> float:
    """Events a second of CPU time, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        before = time.process_time()
        stage(events)
        best = min(best, time.process_time() - before)
    return len(events) / best


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--machines", type=int, default=1_000)
    options.add_argument("--events", type=int, default=300_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    events = stream(chosen.machines, chosen.events)
    rates = {stage.__name__: rate(stage, events, chosen.rounds) for stage in (keys, tracker, windows, holdback, together)}
    found: dict[str, Any] = {"machines": chosen.machines, "events": len(events), "events_per_second": rates}
    found |= {"budget": BUDGET, "met": rates["together"] >= BUDGET}
    if chosen.json:
        print(json.dumps(found))
        return
    for name, value in rates.items():
        print(f"{name:10} {value:12,.0f} events/s {1e6 / value:8.2f} µs an event")
    print(f"budget     {BUDGET:12,} events/s, together: {'met' if found['met'] else 'not met'}")


if __name__ == "__main__":
    main()
