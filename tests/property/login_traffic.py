"""What people, programs and the Internet do to a fleet's sshd in an hour, and in the days before it.

Nothing of it is an attack that anybody could act on: people mistype passwords and come from the office,
from home and through the VPN, programs log in every minute, scanners knock. The same seed gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from random import Random

DAY_S, HOUR_S = 86_400.0, 3_600.0
HOUR_BEGINS_S = datetime(2026, 11, 3, 10, tzinfo=UTC).timestamp()
"""A Tuesday."""
HISTORY_DAYS = 10
MACHINES = (
    *(f"web-{number:02}" for number in range(1, 31)),
    *(f"db-{number:02}" for number in range(1, 11)),
    *(f"mail-{number}" for number in range(1, 5)),
    *("bastion", "build-1", "build-2", "git", "vault-1", "vault-2"),
)
NAMES = (
    *("alice", "bob", "carol", "dave", "erin", "frank", "gina", "hugo", "ines", "jonas", "karin", "lars", "mona"),
    *("nils", "olga", "paul", "quinn", "rosa", "sven", "tina", "uwe", "vera", "willi", "xenia", "yuri", "zoe"),
    *("anton", "berta", "clara", "doris", "emil", "fritz"),
)
"""Those who work every day."""
CI, MONITORING, CONFIGURATION = "10.30.0.5", "10.30.0.9", "10.30.0.7"


class How(Enum):
    """How an attempt goes on."""

    KEY = "publickey"
    PASSWORD = "password"
    FAILED = "failed"
    INVALID = "invalid"
    """Failed, under a name that does not exist."""
    KNOCK = "knock"
    """A connection without an attempt."""


@dataclass(frozen=True)
class Act:
    """Somebody connects; ``lasts_s`` is how long a session lasts."""

    time_s: float
    machine: str
    user: str
    source: str
    how: How = How.KEY
    lasts_s: float = 600.0

    @property
    def is_login(self) -> bool:
        """Whether it succeeds."""
        return self.how in (How.KEY, How.PASSWORD)


@dataclass(frozen=True)
class Person:
    """Where somebody works from."""

    name: str
    office: str
    home: str
    vpn: str

    @property
    def places(self) -> tuple[str, str, str]:
        """All of them."""
        return self.office, self.home, self.vpn


def people(chance: Random) -> list[Person]:
    """Each with a desk of their own, and a provider's address at home."""
    return [
        Person(
            name,
            f"10.20.{number % 6}.{10 + number}",
            f"81.2.{chance.randrange(200)}.{chance.randrange(1, 255)}",
            f"10.8.0.{10 + number}",
        )
        for number, name in enumerate(NAMES)
    ]


def everyday(chance: Random, staff: list[Person]) -> Iterator[Act]:
    """The days before the hour, and the hour."""
    for person in staff:
        yield from _days_before(chance, person)
        yield from _busy_hour(chance, person)
    yield from _programs(chance)
    yield from _internet(chance)


def open_machines(chance: Random, count: int) -> list[str]:
    """Some machines on which everybody works."""
    return chance.sample([name for name in MACHINES if not name.startswith("vault")], count)


def _days_before(chance: Random, person: Person) -> Iterator[Act]:
    """In the first days from everywhere that they ever come from, later mostly from the office."""
    for day in range(HISTORY_DAYS):
        midnight_s = HOUR_BEGINS_S - 10 * HOUR_S - (HISTORY_DAYS - day) * DAY_S
        if datetime.fromtimestamp(midnight_s, UTC).weekday() >= 5:
            continue
        place = person.places[day % 3] if day < 5 else chance.choice(person.places)
        for hour in (9, 13, 16):
            time_s = midnight_s + hour * HOUR_S + chance.uniform(0, HOUR_S)
            yield from _comes_in(chance, person.name, place, time_s, chance.uniform(300, 3_000))


def _busy_hour(chance: Random, person: Person) -> Iterator[Act]:
    """A few machines one after the other, from one place."""
    place = chance.choice((person.office, person.office, person.vpn))
    time_s = HOUR_BEGINS_S + chance.uniform(0, 900)
    for _ in range(chance.randint(1, 5)):
        lasts_s = chance.uniform(30, 600)
        yield from _comes_in(chance, person.name, place, time_s, lasts_s)
        time_s += chance.uniform(30, 600)


def _comes_in(chance: Random, name: str, place: str, time_s: float, lasts_s: float) -> Iterator[Act]:
    """With a key, or with a password that is wrong once or twice, and now and then not remembered at all."""
    (machine,) = open_machines(chance, 1)
    if chance.random() < 0.6:
        yield Act(time_s, machine, name, place, How.KEY, lasts_s)
        return
    for number in range(chance.choices((0, 1, 2, 3), (70, 20, 8, 2))[0]):
        yield Act(time_s - 30 + 8 * number, machine, name, place, How.FAILED)
    if chance.random() < 0.97:
        yield Act(time_s, machine, name, place, How.PASSWORD, lasts_s)


def _programs(chance: Random) -> Iterator[Act]:
    """In the days before a few times a day, in the hour every minute."""
    for quarter in range(HISTORY_DAYS * 4):
        time_s = HOUR_BEGINS_S - (HISTORY_DAYS * 4 - quarter) * DAY_S / 4 + chance.uniform(0, 60)
        yield Act(time_s, "build-1", "deploy", CI, How.KEY, 2)
        yield Act(time_s + 5, "web-01", "nagios", MONITORING, How.KEY, 1)
        yield Act(time_s + 9, "db-01", "ansible", CONFIGURATION, How.KEY, 20)
    for minute in range(60):
        time_s = HOUR_BEGINS_S + minute * 60
        yield Act(time_s + 1, f"build-{1 + minute % 2}", "deploy", CI, How.KEY, 2)
        yield Act(time_s + chance.uniform(2, 50), MACHINES[minute % 40], "nagios", MONITORING, How.KEY, 1)
    for number, machine in enumerate(MACHINES):
        yield Act(HOUR_BEGINS_S + 1_200 + number * 2, machine, "ansible", CONFIGURATION, How.KEY, 15)


def _internet(chance: Random) -> Iterator[Act]:
    """Knocks and single guesses of hundreds of addresses: what every open port hears."""
    for _ in range(120):
        source = (
            f"{chance.randrange(61, 63)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
        )
        time_s, machine = HOUR_BEGINS_S + chance.uniform(0, HOUR_S), chance.choice(("bastion", "git", "mail-1"))
        if chance.random() < 0.6:
            yield Act(time_s, machine, "", source, How.KNOCK)
            continue
        for number in range(chance.randint(1, 3)):
            name = chance.choice(("admin", "test", "ubuntu", "pi", "user", "support", "guest1", "oracle"))
            yield Act(time_s + number * 2, machine, name, source, How.INVALID)
