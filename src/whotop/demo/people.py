"""Who works on the simulated fleet, and from where. The addresses are RFC 1918's and RFC 5737's."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Person(NamedTuple):
    """Somebody, or something, that logs in."""

    user: bytes
    source: str
    eagerness: float
    """How often, beside the others."""
    session_minutes: float
    """How long, on average."""


STAFF = (
    *(Person(user, f"10.0.3.{7 + number}", 1.0, 30.0) for number, user in enumerate([b"alice", b"bob", b"carol"])),
    *(Person(user, f"10.0.4.{20 + number}", 0.6, 45.0) for number, user in enumerate([b"dave", b"erin", b"frank"])),
    *(Person(user, f"192.168.7.{30 + number}", 0.5, 90.0) for number, user in enumerate([b"grace", b"heidi"])),
    *(Person(user, f"10.0.9.{3 + number}", 0.3, 20.0) for number, user in enumerate([b"ivan", b"judy", b"mallory"])),
    Person("zoë".encode(), "2001:db8:7::42", 0.4, 60.0),
    Person("山田".encode(), "10.0.5.11", 0.4, 60.0),
    Person(b"deploy", "10.0.0.4", 3.0, 0.4),
    Person(b"backup", "10.0.0.5", 1.0, 1.5),
    Person(b"root", "203.0.113.9", 0.15, 4.0),
)

HOSTILE = (
    Person(b"\x1b]0;pwned\x07\x1b[31mred", "198.51.100.66", 1.0, 3.0),
    Person(b"[@click=app.quit]x[/]", "198.51.100.66", 1.0, 3.0),
    Person("\u202egnp.exe".encode(), "198.51.100.66", 1.0, 3.0),
)
"""Names that an attacker would choose: terminal escapes, screen markup, right-to-left override."""

GUESSER = "198.51.100.23"
GUESSES = (
    *(b"root", b"admin", b"test", b"oracle", b"postgres", b"ubuntu", b"git", b"pi"),
    *(person.user for person in HOSTILE),
)
"""Where passwords are guessed from, and for whom."""


ATTACKER = "203.0.113.201"
ATTACKED_NAMES = (
    *(b"root", b"admin", b"administrator", b"user", b"guest", b"support", b"oracle", b"postgres", b"mysql"),
    *(b"jenkins", b"gitlab", b"nagios", b"zabbix", b"ftpuser", b"www", b"tomcat", b"hadoop", b"minecraft"),
)
"""Who tries every machine at once, and under which names."""


def somebody(random: Random) -> Person:
    """One of the staff, the eager ones more often."""
    return random.choices(STAFF, weights=[person.eagerness for person in STAFF])[0]
