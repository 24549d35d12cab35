"""The security events of Windows machines, mailed each time they are collected, without any condition.

A daemon mails those of an interval together, one mail a machine; a single round mails one for each
Windows machine that it reached, also where there was nothing new: then it says that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import tzinfo

from whotop.model import Event, Origin
from whotop.model.delivery import Delivery, DeliveryKind
from whotop.notify.keys import events_key
from whotop.notify.notifier import GATHER_US
from whotop.notify.recipients import Recipients
from whotop.notify.words import SUBJECT_CHARACTERS, moment
from whotop.text import counted, safe

LISTED = 200
"""Events that one mail lists, those that came last; the rest is counted. 200 lines are at most 60 kB."""


class _Gathered:
    """What one machine has told since its last mail."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.latest: dict[bytes, Event] = {}

    def add(self, event: Event) -> None:
        """Count an event once; one that is told anew replaces what was known of it."""
        if event.key not in self.latest:
            self.counts[event.kind.value] += 1
        self.latest[event.key] = event
        if len(self.latest) > LISTED:
            del self.latest[next(iter(self.latest))]


class SecurityEvents:
    """Gathers events machine by machine, and makes the mails."""

    def __init__(self, interval_us: int, zone: tzinfo, recipients: Recipients, start_us: int) -> None:
        self._recipients, self._start_us = recipients, start_us
        self.settle(interval_us, zone)
        self._gathered: dict[str, _Gathered] = {}
        self._mailed_us: dict[str, int] = {}

    def settle(self, interval_us: int, zone: tzinfo) -> None:
        """Mail as often as this from now on; what has been gathered stays."""
        self._interval_us, self._zone = interval_us, zone

    def resume(self, events: Iterable[Event], mailed_us: dict[str, int]) -> None:
        """Take up what had been collected and not mailed, and when each machine's last mail was made."""
        self._mailed_us.update(mailed_us)
        for event in events:
            self.on_event(event)

    def on_event(self, event: Event) -> None:
        """An event of any machine: those of a Windows event log are gathered."""
        if event.origin is Origin.EVENT_LOG:
            self._gathered.setdefault(event.machine, _Gathered()).add(event)

    def due(self, now_us: int) -> list[Delivery]:
        """The mails of machines whose interval is over and that have told anything."""
        over = [name for name in self._gathered if now_us - self._last_us(name) >= self._interval_us]
        return [delivery for name in over for delivery in self._mails(name, now_us)]

    def of_round(self, machines: Iterable[str], now_us: int) -> list[Delivery]:
        """One mail for each of these machines, and for each that has told anything."""
        names = dict.fromkeys([*machines, *self._gathered])
        return [delivery for name in names for delivery in self._mails(name, now_us)]

    def _last_us(self, machine: str) -> int:
        return max(self._mailed_us.get(machine, 0), self._start_us)

    def _mails(self, machine: str, now_us: int) -> Iterator[Delivery]:
        gathered = self._gathered.pop(machine, None) or _Gathered()
        since_us = self._mailed_us.get(machine)
        self._mailed_us[machine] = now_us
        count = gathered.counts.total()
        words = counted(count, "security event") if count else "no new security events"
        for channel, target in self._recipients.of_security_events(machine):
            yield Delivery(
                key=events_key(machine, target, now_us),
                channel=channel,
                target=target,
                kind=DeliveryKind.EVENTS,
                machine=machine,
                subject=safe(f"[whotop] {machine}: {words}", SUBJECT_CHARACTERS),
                body="\n".join(self._lines(machine, gathered, since_us)) + "\n",
                created_us=now_us,
                due_us=now_us + GATHER_US,
            )

    def _lines(self, machine: str, gathered: _Gathered, since_us: int | None) -> Iterator[str]:
        since = f" since {moment(since_us, self._zone)}" if since_us else ""
        yield f"Security events of {safe(machine)}, collected{since}:"
        yield ""
        counts = [f"{count:,} {kind}" for kind, count in gathered.counts.most_common()]
        yield ", ".join(counts) if counts else "None."
        latest = sorted(gathered.latest.values(), key=lambda event: event.time_us)
        if latest:
            yield ""
            yield from (self._line(event) for event in latest)
        rest = gathered.counts.total() - len(latest)
        if rest:
            yield ""
            yield f"And {rest:,} earlier ones, not listed. All of them: whotop {safe(machine)}"

    def _line(self, event: Event) -> str:
        parts = [moment(event.time_us, self._zone), event.kind.value, safe(event.user, 64)]
        parts += [f"from {safe(event.source, 64)}" if event.source else "", safe(event.service, 32)]
        return "  ".join(part for part in (*parts, safe(event.detail, 80)) if part)
