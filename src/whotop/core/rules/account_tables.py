"""The settings of the rules about whose logins they are, and when, each with its upstream rule.

Only ``root`` is on from the first start: what the others ask depends on the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from whotop.core.rules.table import PLACES, Positive, RuleTable, Seconds
from whotop.model.alert import Level

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


class LoginTable(RuleTable, frozen=True, kw_only=True):
    """One login says it all."""

    scoped_by = PLACES

    level: Level = Level.WARN
    """How much it matters: info, warn or high."""
    stands_seconds: Seconds = 3_600.0
    """How long the alert stands after the last such login."""


class RootTable(LoginTable, frozen=True, kw_only=True):
    """Root or Administrator logs in from outside: neither a private address nor a network of the house.

    Outside is what Sigma's 259a9cdf has; upstream has no such rule for root, though OpenSSH forbids it passwords.
    """

    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""
    accounts: tuple[str, ...] = (
        "root",
        "toor",
        "administrator",
        "administrateur",
        "administrador",
        "administratör",
        "администратор",
    )
    """Names of such accounts, Windows' in several languages; upper and lower case are the same."""
    networks: tuple[str, ...] = ()
    """Networks, addresses and names (`*.corp.example`) of the house beside the private ones."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Networks that are none."""
        yield from _bad_networks("networks", self.networks)


class SystemAccountTable(LoginTable, frozen=True, kw_only=True):
    """An account that is nobody's logs in (Wazuh 40101; Elastic "Unusual Login via System User")."""

    on: bool = False
    """Whether the rule judges."""
    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""
    accounts: tuple[str, ...] = (
        *("daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data", "www"),
        *("backup", "list", "irc", "gnats", "nobody", "adm", "operator", "halt", "shutdown", "ftp", "apache", "nginx"),
        *("mysql", "postgres", "mongodb", "redis", "named", "bind", "dnsmasq", "sshd", "messagebus", "avahi", "ntp"),
        *("rpc", "rpcuser", "nfsnobody", "dbus", "polkitd", "tcpdump", "systemd-*", "_*", "guest", "defaultaccount"),
    )
    """Names and globs of them."""


class NewSourceTable(LoginTable, frozen=True, kw_only=True):
    """A user logs in from a network for the first time (Elastic 5c495612, history of 5 days; Wazuh 10100)."""

    fleet_wide = frozenset({"learn_seconds", "forget_seconds", "ipv4_bits", "ipv6_bits"})

    on: bool = False
    """Whether the rule judges."""
    learn_seconds: Seconds = 5 * 86_400.0
    """So long after a user's first login that we know of, whatever they use is taken for usual."""
    forget_seconds: Positive = 90 * 86_400.0
    """A network that was not used for so long is new again."""
    ipv4_bits: Annotated[int, Meta(ge=1, le=32)] = 24
    """Size of the network around an IPv4 address; 32: each address."""
    ipv6_bits: Annotated[int, Meta(ge=1, le=128)] = 64
    """Size of the network around an IPv6 address."""


class ConcurrentTable(LoginTable, frozen=True, kw_only=True):
    """A user has sessions from several networks open at once. No monitor that we know has a default."""

    fleet_wide = frozenset({"ipv4_bits", "ipv6_bits"})

    on: bool = False
    """Whether the rule judges."""
    count: Annotated[int, Meta(ge=2, le=100)] = 2
    """So many networks at once."""
    within_seconds: Positive = 86_400.0
    """Sessions that are open for longer are left out: nobody types there any more."""
    networks: tuple[str, ...] = ()
    """Networks, addresses and names that do not count: bastions, VPNs. Addresses of watched machines never do."""
    ipv4_bits: Annotated[int, Meta(ge=1, le=32)] = 24
    """Size of the network around an IPv4 address."""
    ipv6_bits: Annotated[int, Meta(ge=1, le=128)] = 64
    """Size of the network around an IPv6 address."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Networks that are none."""
        yield from _bad_networks("networks", self.networks)


class HoursTable(LoginTable, frozen=True, kw_only=True):
    """Somebody logs in out of hours or on a weekend (Wazuh 17101 and 17102: 18:00 to 08:30, weekends)."""

    on: bool = False
    """Whether the rule judges."""
    hours: str = "08:30-18:00"
    """When people work; `22:00-06:00` goes past midnight."""
    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    """On which days."""
    time_zone: str = ""
    """Where, such as `Europe/Berlin`; empty: the time zone of all times shown."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Hours that are none, a zone that nobody knows."""
        if not _HOURS.fullmatch(self.hours) or self.minutes[0] == self.minutes[1]:
            yield "hours", f'"{self.hours}" is no span of hours; write it like "08:30-18:00"'
        if not self.time_zone:
            return
        from zoneinfo import ZoneInfo  # 3 ms that most need not pay

        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            yield "time_zone", f'"{self.time_zone}" is no time zone; write it like "Europe/Berlin" or "UTC"'

    @property
    def minutes(self) -> tuple[int, int]:
        """From which minute of the day until which."""
        first, _, last = self.hours.partition("-")
        return _minute(first), _minute(last)


class DormantTable(LoginTable, frozen=True, kw_only=True):
    """An account is used again after a long while (Elastic 5b8d7b94; CIS Controls 5.3 disables after 45 days)."""

    fleet_wide = frozenset({"after_seconds"})

    on: bool = False
    """Whether the rule judges."""
    after_seconds: Positive = 30 * 86_400.0
    """How long nobody has used it, on any machine."""


class IdleTable(RuleTable, frozen=True, kw_only=True):
    """A session has had no input for long. whotop's own limits: there is no upstream default to follow."""

    scoped_by = PLACES

    on: bool = False
    """Whether the rule judges."""
    after_seconds: Positive = 8 * 3_600.0
    """How long; from then on it is for information…"""
    warn_seconds: Positive = 24 * 3_600.0
    """…and from then on it warns."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """A warning comes after the information."""
        if self.warn_seconds < self.after_seconds:
            yield "warn", "is less than after"


class DeniedTable(LoginTable, frozen=True, kw_only=True):
    """A login from where, or as whom, nobody may log in; with scopes, on which machines."""

    on: bool = False
    """Whether the rule judges."""
    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""
    denied_networks: tuple[str, ...] = ()
    """Networks, addresses and names from which nobody may log in."""
    allowed_networks: tuple[str, ...] = ()
    """The only ones from which somebody may; empty: all. A console is none and may always."""
    denied_users: tuple[str, ...] = ()
    """Names and globs of those who may not log in."""
    allowed_users: tuple[str, ...] = ()
    """The only ones who may; empty: all."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Networks that are none."""
        yield from _bad_networks("denied_networks", self.denied_networks)
        yield from _bad_networks("allowed_networks", self.allowed_networks)


def _bad_networks(field: str, texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not texts:
        return
    from whotop.core.networks import Networks  # ipaddress takes 5 ms that most need not pay

    try:
        Networks(texts)
    except ValueError as error:
        yield field, str(error)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
