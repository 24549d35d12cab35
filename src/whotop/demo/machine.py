"""One simulated machine: people come and go, load rises and falls, and files record it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from uuid import UUID

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from whotop.demo.people import GUESSER, GUESSES, Person, somebody
from whotop.demo.records import DEAD_PROCESS, LOGIN_PROCESS, USER_PROCESS, boot_record, logind_file, utmp_record

TICKS = 100
CPUS = 4
HISTORY_DAYS = 14
MISTYPED = 0.1
"""How often the first password is wrong."""


@dataclass(frozen=True, slots=True)
class Character:
    """What kind of machine it is."""

    cpu_percent: float = 15.0
    memory_percent: float = 45.0
    disk_percent: float = 50.0
    logins_per_minute: float = 0.12
    keeps: str = "logind"
    """``logind``, ``utmp``, or ``nothing``: then whotop cannot tell who is there."""
    tells_failures: bool = True
    """Whether its record of failed logins may be read."""
    clock_ahead_seconds: float = 0.0
    system: str = "Debian GNU/Linux 13 (trixie)"
    kernel: str = "6.12.48+deb13-amd64"


@dataclass(slots=True)
class Stay:
    """A person's stay on the machine."""

    person: Person
    line: str
    pid: int
    session_id: str
    login_us: int
    leave_us: int
    last_input_us: int


class SimulatedMachine:
    """A machine that lives by the clock it is given; the same seed gives the same life."""

    def __init__(self, name: str, character: Character, now_us: int) -> None:
        self.name, self.character = name, character
        self.random = Random(blake2b(name.encode(), digest_size=8).digest())
        self.boot_us = now_us - round(self.random.uniform(1, HISTORY_DAYS - 1) * DAY_US)
        self.boot_id = str(UUID(int=self.random.getrandbits(128)))
        self.stays: list[Stay] = []
        self.wtmp, self.btmp = bytearray(), bytearray()
        self.sessions_version = 0
        """Grows with every login and logout."""
        self.overload_until_us = 0
        self.away_until_us = 0
        self.busy_ticks = self.idle_ticks = 0
        self.cpu_percent = character.cpu_percent
        self._phase = self.random.uniform(0, math.tau)
        self._now_us = now_us
        self._next_id = 1
        self._live_through_history(now_us)
        self._be_tried(now_us)

    @property
    def record_files(self) -> dict[str, bytearray]:
        """Its files of login records, by origin; they grow."""
        return {} if self.character.keeps == "nothing" else {"wtmp": self.wtmp, "btmp": self.btmp}

    @property
    def is_away(self) -> bool:
        """Whether it cannot be reached."""
        return self._now_us < self.away_until_us

    def clock_us(self, now_us: int) -> int:
        """What its own clock shows."""
        return now_us + round(self.character.clock_ahead_seconds * SECOND_US)

    def step(self, now_us: int) -> None:
        """Let it live until ``now_us``."""
        seconds = (now_us - self._now_us) / SECOND_US
        self._now_us = now_us
        if self.is_away:
            return
        for stay in [stay for stay in self.stays if stay.leave_us <= now_us]:
            self.leave(stay, now_us)
        if self.random.random() < self.character.logins_per_minute * seconds / 60:
            person = somebody(self.random)
            if self.random.random() < MISTYPED:
                self.fail(person.user, person.source, now_us)
            self.arrive(person, now_us)
        for stay in self.stays:
            if self.random.random() < 0.1 * seconds:
                stay.last_input_us = now_us
        self._work(seconds, now_us)

    def arrive(self, person: Person, now_us: int, minutes: float | None = None) -> None:
        """Somebody logs in."""
        taken = {stay.line for stay in self.stays}
        line = next(line for number in range(1000) if (line := f"pts/{number}") not in taken)
        stay_us = round((minutes or self.random.expovariate(1 / person.session_minutes)) * MINUTE_US)
        pid = 2_000 + self._next_id * 7
        stay = Stay(person, line, pid, str(self._next_id), now_us, now_us + stay_us, now_us)
        self._next_id += 1
        self.stays.append(stay)
        self.wtmp += self._record(USER_PROCESS, stay, now_us)
        self.sessions_version += 1

    def fail(self, user: bytes, source: str, now_us: int) -> None:
        """Somebody tries to log in in vain; sshd dates that in whole seconds."""
        whole_us = self.clock_us(now_us) // SECOND_US * SECOND_US
        pid = 2_000 + self._next_id * 7
        self._next_id += 1
        self.btmp += utmp_record(LOGIN_PROCESS, pid, "ssh:notty", user, source, whole_us)

    def leave(self, stay: Stay, now_us: int) -> None:
        """Somebody logs out."""
        self.stays.remove(stay)
        self.wtmp += self._record(DEAD_PROCESS, stay, now_us)
        self.sessions_version += 1

    def _record(self, kind: int, stay: Stay, now_us: int) -> bytes:
        user, source = (stay.person.user, stay.person.source) if kind == USER_PROCESS else (b"", "")
        return utmp_record(kind, stay.pid, stay.line, user, source, self.clock_us(now_us))

    def logind_files(self) -> list[tuple[str, bytes]]:
        """Its /run/systemd/sessions: names and contents."""
        return [
            (
                stay.session_id,
                logind_file(
                    stay.session_id,
                    stay.person.user.replace(b"\n", b""),
                    stay.line,
                    stay.person.source,
                    stay.pid - 1,
                    self.clock_us(stay.login_us),
                ),
            )
            for stay in self.stays
        ]

    def utmp(self) -> bytes:
        """Its /run/utmp."""
        records = (self._record(USER_PROCESS, stay, stay.login_us) for stay in self.stays)
        return boot_record(self.clock_us(self.boot_us), self.character.kernel) + b"".join(records)

    def _work(self, seconds: float, now_us: int) -> None:
        if now_us < self.overload_until_us:
            goal = 97.0
        else:
            wave = math.sin(now_us / SECOND_US / 40 + self._phase)
            goal = self.character.cpu_percent * (1 + 0.5 * wave) + 3 * len(self.stays)
        drift = (goal - self.cpu_percent) * min(1.0, seconds / 6)
        self.cpu_percent = min(100.0, max(0.2, self.cpu_percent + drift + self.random.gauss(0, 1.5)))
        ticks = seconds * TICKS * CPUS
        self.busy_ticks += round(ticks * self.cpu_percent / 100)
        self.idle_ticks += round(ticks * (1 - self.cpu_percent / 100))

    def _live_through_history(self, now_us: int) -> None:
        """Two weeks of logins, a boot somewhere in them, and somebody who is still there."""
        moment = now_us - HISTORY_DAYS * DAY_US
        booted = False
        while moment < now_us - 2 * MINUTE_US:
            if not booted and moment >= self.boot_us:
                for stay in self.stays:
                    stay.leave_us = moment
                self.stays.clear()
                self.wtmp += boot_record(self.clock_us(self.boot_us), self.character.kernel)
                booted = True
            for stay in sorted((stay for stay in self.stays if stay.leave_us <= moment), key=lambda s: s.leave_us):
                self.leave(stay, stay.leave_us)
            hour = moment // HOUR_US % 24
            if 7 <= hour <= 18 or self.random.random() < 0.15:
                self.arrive(somebody(self.random), moment)
            moment += round(self.random.expovariate(1 / 100) * MINUTE_US)
        for stay in sorted((stay for stay in self.stays if stay.leave_us <= now_us), key=lambda s: s.leave_us):
            self.leave(stay, stay.leave_us)
        for _ in range(round(self.random.expovariate(1 / (10 * self.character.logins_per_minute)))):
            login_us = now_us - round(self.random.uniform(1, 90) * MINUTE_US)
            self.arrive(somebody(self.random), login_us)
            self.stays[-1].leave_us = now_us + round(self.random.uniform(0.3, 40) * MINUTE_US)

    def _be_tried(self, now_us: int) -> None:
        """What strangers tried in the last hours."""
        count = round(self.random.expovariate(1 / 6))
        for ago_us in sorted((self.random.randint(HOUR_US // 4, 20 * HOUR_US) for _ in range(count)), reverse=True):
            self.fail(self.random.choice(GUESSES), GUESSER, now_us - ago_us)
