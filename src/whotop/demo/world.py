"""The simulated fleet: which machines there are, and what happens to them while one looks on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import cycle
from random import Random

from whotop.clock import SECOND_US
from whotop.demo.machine import Character, SimulatedMachine
from whotop.demo.people import ATTACKED_NAMES, ATTACKER, GUESSER, GUESSES, HOSTILE, Person

DEBIAN_12 = Character(system="Debian GNU/Linux 12 (bookworm)", kernel="6.1.0-31-amd64", keeps="utmp")
UBUNTU = Character(system="Ubuntu 26.04 LTS", kernel="7.0.0-14-generic")
ALPINE = Character(system="Alpine Linux v3.22", kernel="6.12.44-0-lts", keeps="nothing")

KINDS: dict[str, Character] = {
    "web": Character(cpu_percent=22, memory_percent=40),
    "db": replace(DEBIAN_12, cpu_percent=9, memory_percent=82, disk_percent=71),
    "app": replace(UBUNTU, cpu_percent=35, memory_percent=60, logins_per_minute=0.2),
    "build": replace(DEBIAN_12, cpu_percent=48, memory_percent=52, logins_per_minute=0.3),
    "edge": Character(cpu_percent=5, memory_percent=30, logins_per_minute=0.04),
}
SPECIAL: dict[str, Character] = {
    "app-02": replace(UBUNTU, cpu_percent=35, memory_percent=60, tells_failures=False),
    "db-02": replace(DEBIAN_12, cpu_percent=12, memory_percent=88, disk_percent=93.5),
    "edge-02": Character(cpu_percent=4, memory_percent=22, clock_ahead_seconds=47),
    "edge-04": replace(ALPINE, cpu_percent=1, memory_percent=12),
}
PROBER = Person(b"guest", "203.0.113.77", 1.0, 0.1)
"""One source, many logins."""
GUESSED_AFTER = 60
"""One guess in so many is right."""


def machine_names(count: int) -> list[str]:
    """``web-01 db-01 app-01 build-01 edge-01 web-02 …``."""
    kinds = list(KINDS)
    return [f"{kinds[number % len(kinds)]}-{number // len(kinds) + 1:02d}" for number in range(count)]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that comes again and again, first after ``first_seconds``."""

    first_seconds: float
    every_seconds: float
    what: str


STORY = (
    Happening(4, 45, "logins from one source"),
    Happening(12, 150, "overload"),
    Happening(25, 120, "away"),
    Happening(8, 70, "hostile names"),
    Happening(2, 2.5, "a password is guessed"),
    Happening(40, 60, "another machine is tried"),
    Happening(20, 300, "all machines are tried"),
)
ATTACK_US = 40 * SECOND_US
TRIED_PER_SECOND = 0.08
"""How often each machine is, while all are."""


class World:
    """All machines, stepped together."""

    def __init__(self, count: int, now_us: int) -> None:
        self.machines = {
            name: SimulatedMachine(name, SPECIAL.get(name, KINDS[name.rsplit("-", 1)[0]]), now_us)
            for name in machine_names(count)
        }
        self._random = Random(count)
        self._tried = self._random.choice(list(self.machines.values()))
        """The machine on which passwords are guessed."""
        self._now_us, self._attacked_until_us = now_us, 0
        self._victims = cycle(list(self.machines.values()))
        self._due = [(now_us + round(happening.first_seconds * SECOND_US), happening) for happening in STORY]

    def step(self, now_us: int) -> None:
        """Let everything live until ``now_us``."""
        for machine in self.machines.values():
            machine.step(now_us)
        if now_us < self._attacked_until_us:
            self._try_all((now_us - self._now_us) / SECOND_US, now_us)
        self._now_us = now_us
        for index, (due_us, happening) in enumerate(self._due):
            if due_us <= now_us:
                self._happen(happening.what, now_us)
                self._due[index] = (now_us + round(happening.every_seconds * SECOND_US), happening)

    def _happen(self, what: str, now_us: int) -> None:
        machine = self._random.choice(list(self.machines.values()))
        match what:
            case "overload":
                machine.overload_until_us = now_us + 75 * SECOND_US
            case "away" if len(self.machines) > 1:
                machine.away_until_us = now_us + 30 * SECOND_US
            case "a password is guessed":
                self._tried.fail(self._random.choice(GUESSES), GUESSER, now_us)
                if self._random.random() < 1 / GUESSED_AFTER:
                    self._tried.arrive(Person(b"root", GUESSER, 1.0, 1.0), now_us, minutes=1)
            case "all machines are tried":
                self._attacked_until_us = now_us + ATTACK_US
            case "another machine is tried":
                self._tried = machine
            case "hostile names":
                machine.arrive(self._random.choice(HOSTILE), now_us, minutes=1.5)
            case "logins from one source":
                for visited in self._random.sample(list(self.machines.values()), min(4, len(self.machines))):
                    visited.arrive(PROBER, now_us, minutes=self._random.uniform(0.3, 1.0))

    def _try_all(self, seconds: float, now_us: int) -> None:
        """One after the other, round and round."""
        for _ in range(math.ceil(TRIED_PER_SECOND * seconds * len(self.machines))):
            next(self._victims).fail(self._random.choice(ATTACKED_NAMES), ATTACKER, now_us)
