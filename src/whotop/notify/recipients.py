"""Who is told of what: the machines' own addresses, and the targets of the configuration."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator

from whotop.config.notify_settings import AlertLevel, Chosen, NotifyTable
from whotop.model import Alert, Level, Target
from whotop.model.delivery import Channel

_RANKS: dict[str, int] = {Level.INFO.value: 0, Level.WARN.value: 1, Level.HIGH.value: 2}

Recipient = tuple[Channel, str]
"""A channel, and an address or the name of a chat."""


class Recipients:
    """Finds who is to be told. Whoever is named several times is told once."""

    def __init__(self, table: NotifyTable, targets: Iterable[Target] = ()) -> None:
        self._table = table
        self._machines: dict[str, Target] = {}
        self.watch(targets)

    def watch(self, targets: Iterable[Target]) -> None:
        """The machines are these from now on."""
        self._machines = {target.name: target for target in targets}

    def settle(self, table: NotifyTable) -> None:
        """The targets are these from now on."""
        self._table = table

    def of_alert(self, alert: Alert) -> list[Recipient]:
        """Who is told of an alert."""
        return list(dict.fromkeys(self._of_alert(alert)))

    def of_security_events(self, machine: str) -> list[Recipient]:
        """Who gets the security events of a Windows machine: its own address, or the mail targets that take them."""
        own = self._own(machine)
        if own:
            return [(Channel.MAIL, own)]
        chosen = (mail for mail in self._table.mail if mail.security_events and self._covers(mail, (machine,)))
        return list(dict.fromkeys((Channel.MAIL, address) for mail in chosen for address in mail.to))

    def _of_alert(self, alert: Alert) -> Iterator[Recipient]:
        names = (alert.machine,) if alert.machine else alert.machines
        if _reaches(alert, self._table.own_level):
            yield from ((Channel.MAIL, own) for own in map(self._own, names) if own)
        for mail in self._table.mail:
            if self._wants(mail, alert, names):
                yield from ((Channel.MAIL, address) for address in mail.to)
        yield from ((Channel.CHAT, chat.name) for chat in self._table.chat if self._wants(chat, alert, names))

    def _own(self, machine: str) -> str:
        target = self._machines.get(machine)
        return target.mail if target is not None and self._table.smtp.host else ""

    def _wants(self, chosen: Chosen, alert: Alert, names: tuple[str, ...]) -> bool:
        by_rule = not chosen.rules or any(fnmatch.fnmatchcase(alert.rule, rule) for rule in chosen.rules)
        return by_rule and _reaches(alert, chosen.level) and self._covers(chosen, names)

    def _covers(self, chosen: Chosen, names: tuple[str, ...]) -> bool:
        """Whether one of these machines is chosen; an alert of the whole fleet is where all are."""
        return not chosen.machines or any(self._matches(name, word) for name in names for word in chosen.machines)

    def _matches(self, name: str, word: str) -> bool:
        if not word.startswith("@"):
            return fnmatch.fnmatchcase(name, word)
        target = self._machines.get(name)
        return target is not None and word[1:] in target.tags


def _reaches(alert: Alert, level: AlertLevel) -> bool:
    return _RANKS[alert.level.value] >= _RANKS[level]
