"""What the rules would have told, as text for people and as a document for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

import msgspec

from whotop.core.rehearsal import Fired, Rehearsal
from whotop.model import Alert, Event, EventKind
from whotop.render.moments import full_moment, iso_moment, zone_name
from whotop.text import counted

EVIDENCE_SHOWN = 3
"""Of each alert, in text; the document has more."""
MACHINES_SHOWN = 5
_VERBS = {EventKind.LOGIN: "login", EventKind.FAILED_LOGIN: "failed", EventKind.LOG_CLEARED: "cleared"}


def rehearsal_text(rehearsal: Rehearsal, fired: Sequence[Fired], rules: Mapping[str, bool], zone: tzinfo) -> str:
    """Each alert with its evidence, then how often each rule told; ``rules`` says of each whether it was on."""
    return "\n".join(_lines(rehearsal, fired, rules, zone)) + "\n"


def rehearsal_json(rehearsal: Rehearsal, fired: Sequence[Fired], rules: Mapping[str, bool], zone: tzinfo) -> bytes:
    """The same as JSON."""
    counts = Counter(one.alert.rule for one in fired)
    document = {
        "events": rehearsal.event_count,
        "machines": len(rehearsal.machines),
        "from": iso_moment(rehearsal.first_us, zone) if rehearsal.event_count else None,
        "until": iso_moment(rehearsal.last_us, zone) if rehearsal.event_count else None,
        "rules": {name: {"on": is_on, "alerts": counts[name]} for name, is_on in rules.items()},
        "alerts": [_alert_object(one, rehearsal.last_us, zone) for one in fired],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _lines(rehearsal: Rehearsal, fired: Sequence[Fired], rules: Mapping[str, bool], zone: tzinfo) -> Iterator[str]:
    for one in fired:
        yield from _alert_lines(one, zone)
    if fired:
        yield ""
    counts = Counter(one.alert.rule for one in fired)
    for name, count in counts.most_common():
        yield f"{count:>8,}  {name}"
    quiet = [name for name, is_on in rules.items() if is_on and not counts[name]]
    off = [name for name, is_on in rules.items() if not is_on]
    yield from (f"{words}: {', '.join(names)}" for words, names in (("found nothing", quiet), ("off", off)) if names)
    yield _summary(rehearsal, len(fired), zone)


def _summary(rehearsal: Rehearsal, count: int, zone: tzinfo) -> str:
    if not rehearsal.event_count:
        return "no events"
    first, last = full_moment(rehearsal.first_us, zone), full_moment(rehearsal.last_us, zone)
    return (
        f"{counted(count, 'alert')} of {counted(rehearsal.event_count, 'event')}"
        f" on {counted(len(rehearsal.machines), 'machine')}, {first} to {last} {zone_name(rehearsal.last_us, zone)}"
    )


def _alert_lines(one: Fired, zone: tzinfo) -> Iterator[str]:
    alert = one.alert
    yield f"{full_moment(alert.opened_us, zone)}  {alert.level:<4}  {alert.rule}  {_where(alert)}: {alert.text}"
    if len(one.evidence) > EVIDENCE_SHOWN or alert.count > len(one.evidence):
        more = max(alert.count, len(one.evidence)) - min(EVIDENCE_SHOWN, len(one.evidence))
        if more > 0:
            yield f"    … {more:,} before"
    for event in one.evidence[-EVIDENCE_SHOWN:]:
        yield f"    {_event_words(event, zone)}"


def _where(alert: Alert) -> str:
    if alert.machine:
        return alert.machine
    if not alert.machines:
        return "the fleet"
    shown = ", ".join(alert.machines[:MACHINES_SHOWN])
    more = len(alert.machines) - MACHINES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _event_words(event: Event, zone: tzinfo) -> str:
    who = f" {event.user}" if event.user else ""
    source = f" from {event.source}" if event.source else ""
    tty = f" on {event.tty}" if event.tty else ""
    detail = f" ({event.detail})" if event.detail else ""
    verb = _VERBS.get(event.kind, event.kind.value)
    return f"{full_moment(event.time_us, zone)} {event.machine} {verb}{who}{source}{tty}{detail}"


def _alert_object(one: Fired, last_us: int, zone: tzinfo) -> dict[str, object]:
    alert = one.alert
    over = alert.resolved_us is not None and alert.resolved_us <= last_us
    return {
        "rule": alert.rule,
        "level": alert.level,
        "machine": alert.machine,
        "machines": list(alert.machines),
        "subject": alert.subject,
        "text": alert.text,
        "opened": iso_moment(alert.opened_us, zone),
        "told": iso_moment(one.told_us, zone),
        "resolved": iso_moment(alert.resolved_us, zone) if over and alert.resolved_us is not None else None,
        "count": alert.count,
        "value": alert.value,
        "limit": alert.limit,
        "evidence": [_event_object(event, zone) for event in one.evidence],
    }


def _event_object(event: Event, zone: tzinfo) -> dict[str, object]:
    return {
        "time": iso_moment(event.time_us, zone),
        "machine": event.machine,
        "type": event.kind,
        "user": event.user,
        "from": event.source,
        "tty": event.tty,
        "service": event.service,
        "detail": event.detail,
    }
