"""Attacks and breaches to be planted into everyday traffic, each with the alerts that must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.property.login_traffic import (
    DAY_S,
    HISTORY_DAYS,
    HOUR_BEGINS_S,
    HOUR_S,
    MACHINES,
    Act,
    How,
    Person,
    open_machines,
)

Alarm = tuple[str, str]
"""Rule, and subject of the alert."""

PLACES = {"81.2": (52.5, 13.4), "200.100": (-23.5, -46.6), "185.77": (52.4, 13.1)}
"""Where networks are: homes in Berlin, a trip to São Paulo, a neighbour of Berlin."""


@dataclass(frozen=True)
class Plant:
    """What was planted, and what must be told of it: no more and no less."""

    name: str
    acts: tuple[Act, ...]
    alarms: frozenset[Alarm]


def locate(source: str) -> tuple[float, float] | None:
    """The places of this world."""
    return PLACES.get(".".join(source.split(".")[:2]))


def plants(chance: Random, staff: list[Person]) -> list[Plant]:
    """One of each. The people are different ones: nobody is attacked twice."""
    victims = chance.sample(staff, len(_WITH_PEOPLE))
    return [
        *(plant(chance) for plant in _WITHOUT_PEOPLE),
        *(plant(chance, victim) for plant, victim in zip(_WITH_PEOPLE, victims, strict=True)),
    ]


def _plant(name: str, acts: Iterator[Act], *alarms: Alarm) -> Plant:
    return Plant(name, tuple(acts), frozenset(alarms))


def _brute_force(chance: Random) -> Plant:
    source, (machine,) = "203.0.113.9", open_machines(chance, 1)
    times = (_minute(chance, 5) + number * chance.uniform(1, 2) for number in range(120))
    return _plant("brute force", (Act(time, machine, "root", source, How.FAILED) for time in times), ("failed", source))


def _slow_brute_force(chance: Random) -> Plant:
    """One attempt every fifty minutes, since yesterday."""
    source, (machine,) = "198.51.100.23", open_machines(chance, 1)
    times = (HOUR_BEGINS_S + 1_800 - number * 50 * 60 + chance.uniform(0, 60) for number in range(22))
    acts = (Act(time, machine, chance.choice(("root", "ines")), source, How.FAILED) for time in times)
    return _plant("slow brute force", acts, ("slow", source))


def _many_hands(chance: Random) -> Plant:
    """Sixty addresses try one user, each twice."""
    times = (HOUR_BEGINS_S - 20 * HOUR_S + number * 18 * 60 for number in range(60))
    acts = (
        Act(time + number * 90, "git", "jenkins", f"77.{60 + place}.{place}.8", How.FAILED)
        for place, time in enumerate(times)
        for number in range(2)
    )
    return _plant("slow, by many hands", acts, ("slow", "jenkins"))


def _spray(chance: Random) -> Plant:
    """Twelve users, each once, on two machines."""
    source, machines = "203.0.113.66", open_machines(chance, 2)
    users = [f"user{number}" for number in range(6)] + ["paul", "rosa", "sven", "tina", "uwe", "vera"]
    begin = _minute(chance, 20)
    acts = (Act(begin + n * 15, machines[n % 2], user, source, How.FAILED) for n, user in enumerate(users))
    return _plant("spray over users", acts, ("spraying", source))


def _spray_over_machines(chance: Random) -> Plant:
    """One user, twice on each of nine machines."""
    source, begin = "203.0.113.67", _minute(chance, 30)
    acts = (
        Act(begin + number * 40 + attempt * 3, machine, "backupadmin", source, How.INVALID)
        for number, machine in enumerate(open_machines(chance, 9))
        for attempt in range(2)
    )
    return _plant("spray over machines", acts, ("spraying", source))


def _everywhere(chance: Random) -> Plant:
    """Thirty machines at once: what begins on one goes on as one over many."""
    source, begin = "203.0.113.68", _minute(chance, 40)
    acts = (
        Act(begin + number * 7 + attempt, machine, "root", source, How.FAILED)
        for number, machine in enumerate(open_machines(chance, 30))
        for attempt in range(8)
    )
    return _plant("brute force on 30 machines", acts, ("failed", source), ("spraying", source))


def _root_from_outside(chance: Random) -> Plant:
    source, (machine,) = "192.0.2.55", open_machines(chance, 1)
    return _plant("root from outside", iter([Act(_minute(chance, 10), machine, "root", source)]), ("root", source))


def _system_account(chance: Random) -> Plant:
    (machine,) = open_machines(chance, 1)
    acts = iter([Act(_minute(chance, 12), machine, "www-data", "10.20.3.77")])
    return _plant("system account", acts, ("system_account", "www-data"))


def _denied_network(chance: Random) -> Plant:
    (machine,) = open_machines(chance, 1)
    acts = iter([Act(_minute(chance, 15), machine, "contractor", "45.133.1.7")])
    return _plant("denied network", acts, ("denied", "contractor from 45.133.1.7"))


def _denied_user(chance: Random) -> Plant:
    (machine,) = open_machines(chance, 1)
    acts = iter([Act(_minute(chance, 17), machine, "temp-04", "10.20.1.88")])
    return _plant("denied user", acts, ("denied", "temp-04 from 10.20.1.88"))


def _dormant(chance: Random) -> Plant:
    """Somebody who left in September."""
    (machine,) = open_machines(chance, 1)
    times = (HOUR_BEGINS_S - 50 * DAY_S, HOUR_BEGINS_S - 48 * DAY_S, _minute(chance, 25))
    acts = (Act(time, machine, "gustav", "10.20.2.99") for time in times)
    return _plant("dormant account", acts, ("dormant", "gustav"))


def _many_logins(chance: Random) -> Plant:
    """A stolen key is tried out: two hundred logins from one desk in half an hour."""
    source, begin = "10.20.5.200", _minute(chance, 2)
    acts = (Act(begin + number * 9, MACHINES[number % 44], "svc-copy", source, How.KEY, 3) for number in range(200))
    return _plant("many logins", acts, ("logins", source))


def _guessed(chance: Random, victim: Person) -> Plant:
    """A colleague in the same room, before work."""
    source, (machine,) = victim.office.rpartition(".")[0] + ".222", open_machines(chance, 1)
    begin = HOUR_BEGINS_S - 1_500 + chance.uniform(0, 60)
    acts = [Act(begin + number * 12, machine, victim.name, source, How.FAILED) for number in range(9)]
    acts.append(Act(begin + 120, machine, victim.name, source, How.PASSWORD, 60))
    return _plant("success after failures", iter(acts), ("failed", source), ("guessed", source))


def _new_source(chance: Random, victim: Person) -> Plant:
    """From somewhere near home, when nothing else is open."""
    (machine,) = open_machines(chance, 1)
    acts = iter([Act(HOUR_BEGINS_S - 1_200, machine, victim.name, f"185.77.{chance.randrange(256)}.9", lasts_s=300)])
    return _plant("new source", acts, ("new_source", victim.name))


def _concurrent(chance: Random, victim: Person) -> Plant:
    """At the desk and at home."""
    first, second = open_machines(chance, 2)
    acts = [
        Act(HOUR_BEGINS_S - 1_500, first, victim.name, victim.office, lasts_s=1_300),
        Act(HOUR_BEGINS_S - 900, second, victim.name, victim.home, lasts_s=300),
    ]
    return _plant("concurrent sessions", iter(acts), ("concurrent", victim.name))


def _out_of_hours(chance: Random, victim: Person) -> Plant:
    """In the night from Saturday to Sunday."""
    (machine,) = open_machines(chance, 1)
    time = HOUR_BEGINS_S - 2 * DAY_S - 7 * HOUR_S + chance.uniform(0, HOUR_S)
    return _plant("out of hours", iter([Act(time, machine, victim.name, victim.home)]), ("hours", victim.name))


def _denied_machine(chance: Random, victim: Person) -> Plant:
    acts = iter([Act(HOUR_BEGINS_S - 700, "vault-1", victim.name, victim.office, lasts_s=100)])
    return _plant("denied machine", acts, ("denied", f"{victim.name} from {victim.office}"))


def _travel(chance: Random, victim: Person) -> Plant:
    """From home, and half an hour later from where they were before."""
    (machine,) = open_machines(chance, 1)
    trip = "200.100.7.7"
    acts = [
        Act(HOUR_BEGINS_S - HISTORY_DAYS * DAY_S - 17 * HOUR_S, machine, victim.name, trip, lasts_s=120),
        Act(HOUR_BEGINS_S - 1_790, machine, victim.name, victim.home, lasts_s=60),
        Act(HOUR_BEGINS_S - 300, machine, victim.name, trip, lasts_s=60),
    ]
    return _plant("impossible travel", iter(acts), ("travel", victim.name))


def _minute(chance: Random, number: int) -> float:
    return HOUR_BEGINS_S + number * 60 + chance.uniform(0, 60)


_WITHOUT_PEOPLE: tuple[Callable[[Random], Plant], ...] = (
    _brute_force,
    _slow_brute_force,
    _many_hands,
    _spray,
    _spray_over_machines,
    _everywhere,
    _root_from_outside,
    _system_account,
    _denied_network,
    _denied_user,
    _dormant,
    _many_logins,
)
_WITH_PEOPLE: tuple[Callable[[Random, Person], Plant], ...] = (
    _guessed,
    _new_source,
    _concurrent,
    _out_of_hours,
    _denied_machine,
    _travel,
)
