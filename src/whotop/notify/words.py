"""What a message about one alert says: a subject of one line, and plain text.

Everything in it that came from a machine is made safe once more, so that it stays on its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from whotop.clock import SECOND_US
from whotop.model import Alert, Session
from whotop.model.delivery import DeliveryKind
from whotop.text import duration, safe

SUBJECT_CHARACTERS = 160
SESSIONS_NAMED = 30
MACHINES_NAMED = 100
_FIELD_WIDTH = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = {DeliveryKind.RESOLVE: "resolved", DeliveryKind.REMIND: "still"}
_PERCENT_RULES = frozenset({"cpu", "memory", "swap", "disk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known around an alert at the moment at which it is told."""

    now_us: int
    zone: tzinfo
    address: str = ""
    """``user@host:port`` of its machine."""
    who: tuple[Session, ...] = ()
    """The open sessions of its machine."""
    knows_who: bool = True
    """Whether the machine tells who is on it."""
    is_up: bool = True
    """Whether its machine is reached; if not, its sessions are those that were there last."""


def subject(alert: Alert, kind: DeliveryKind) -> str:
    """``[whotop] high: web-01: cpu 97% over 90%``, or ``resolved:``, or ``still high:``."""
    mark = _MARKS.get(kind, "")
    level = "" if kind is DeliveryKind.RESOLVE else alert.level.value
    place = f"{_place(alert)}: " if _place(alert) else ""
    return safe(f"[whotop] {' '.join(word for word in (mark, level) if word)}: {place}{alert.text}", SUBJECT_CHARACTERS)


def body(alert: Alert, kind: DeliveryKind, scene: Scene) -> str:
    """The message."""
    paragraphs = [
        [safe(alert.text)],
        [f"{name:{_FIELD_WIDTH}}{safe(value)}" for name, value in _fields(alert, kind, scene) if value],
        list(_machines(alert)),
        list(_who(alert, scene)),
        [_see_more(alert)],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def moment(time_us: int, zone: tzinfo) -> str:
    """A time with its offset, to the second: ``2026-11-22 03:12:10 +0100``."""
    try:
        return (_EPOCH + timedelta(microseconds=time_us)).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %z")
    except (OverflowError, ValueError):
        return f"{time_us} µs"


def _place(alert: Alert) -> str:
    if alert.machine:
        return alert.machine
    return f"{len(alert.machines)} machines" if alert.machines else ""


def _fields(alert: Alert, kind: DeliveryKind, scene: Scene) -> Iterator[tuple[str, str]]:
    unit = "%" if alert.rule in _PERCENT_RULES else ""
    reached = f" ({scene.address})" if scene.address and scene.address != alert.machine else ""
    yield "machine", f"{alert.machine}{reached}" if alert.machine else _place(alert)
    yield "rule", alert.rule
    yield "level", alert.level.value
    yield "about", alert.subject
    yield "value", "" if alert.value is None else f"{_figure(alert.value)}{unit}"
    yield "limit", "" if alert.limit is None else f"{_figure(alert.limit)}{unit}"
    yield "count", str(alert.count) if alert.count > 1 else ""
    yield "since", _since(alert, scene)
    if alert.resolved_us is not None:
        lasted = duration((alert.resolved_us - alert.opened_us) / SECOND_US)
        yield "until", f"{moment(alert.resolved_us, scene.zone)} ({lasted})"
    yield "noted", "it happened while nobody watched" if alert.late else ""


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _since(alert: Alert, scene: Scene) -> str:
    since = moment(alert.opened_us, scene.zone)
    lasts = (scene.now_us - alert.opened_us) / SECOND_US
    return f"{since} ({duration(lasts)} ago)" if alert.is_open and lasts >= 1 else since


def _machines(alert: Alert) -> Iterator[str]:
    if alert.machine or not alert.machines:
        return
    yield f"Machines ({len(alert.machines)}):"
    yield from (f"  {safe(name)}" for name in alert.machines[:MACHINES_NAMED])
    if len(alert.machines) > MACHINES_NAMED:
        yield f"  and {len(alert.machines) - MACHINES_NAMED} more"


def _who(alert: Alert, scene: Scene) -> Iterator[str]:
    """Who is on the machine; nothing where that is not known."""
    if not alert.machine or not alert.is_open:
        return
    when = "" if scene.is_up else ", when it was last reached"
    if scene.who:
        yield f"On {safe(alert.machine)}{when} ({len(scene.who)}):"
        yield from _sessions(scene.who, scene.zone)
    elif scene.is_up and scene.knows_who:
        yield f"whotop sees nobody on {safe(alert.machine)}."


def _sessions(who: Iterable[Session], zone: tzinfo) -> Iterator[str]:
    newest = sorted(who, key=lambda session: session.login_us, reverse=True)
    for session in newest[:SESSIONS_NAMED]:
        source = f" from {safe(session.source, 64)}" if session.source else ""
        tty = safe(session.tty, 16) if session.tty else "no tty"
        yield f"  {safe(session.user, 32)}  {tty}  since {moment(session.fleet_login_us, zone)}{source}"
    if len(newest) > SESSIONS_NAMED:
        yield f"  and {len(newest) - SESSIONS_NAMED} more"


def _see_more(alert: Alert) -> str:
    command = f"whotop {safe(alert.machine)}".rstrip()
    return f"See more: {command}" + (" (then e, for its alerts)" if alert.is_open else "")
