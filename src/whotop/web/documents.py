"""What the API answers with: one struct for each noun, from which the OpenAPI description is made too.

Times are ISO 8601 in UTC on whotop's own clock. Texts are safe to show; fields are added, never renamed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import msgspec

from whotop.core.fleet import Fleet
from whotop.core.idle import idle_seconds
from whotop.model import (
    Alert,
    Event,
    EventKind,
    Level,
    Machine,
    MachineState,
    Outcome,
    Sample,
    Session,
    Standing,
)
from whotop.render.moments import local


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer is made of."""


class MachineDocument(Document, frozen=True, kw_only=True):
    """A machine, and how it is. Figures are those of its last good sample."""

    machine: str
    address: str
    state: MachineState
    state_since: datetime | None
    reason: str | None
    """Why it is not up."""
    tags: tuple[str, ...]
    system: str | None
    sessions: int | None
    """How many are open; null where that is not known now."""
    users: tuple[str, ...]
    as_of: datetime | None
    """When the last good sample came."""
    cpu_percent: float | None
    memory_percent: float | None
    swap_percent: float | None
    disk_percent: float | None
    load1: float | None
    uptime_seconds: float | None
    failed_logins: int | None
    """Within the last hour; null where nothing on the machine tells."""


class SessionDocument(Document, frozen=True, kw_only=True, rename={"source": "from"}):
    """A session: one login until its logout."""

    machine: str
    user: str
    tty: str | None
    source: str | None
    since: datetime
    until: datetime | None
    outcome: Outcome
    idle_seconds: float | None
    service: str | None
    counted: bool
    """Whether it is open on a machine that is up; if not, nobody can say that it still is."""
    key: str


class UserDocument(Document, frozen=True, kw_only=True, rename={"sources": "from"}):
    """A user who is logged in somewhere: sessions of machines that are up."""

    user: str
    sessions: int
    machines: tuple[str, ...]
    sources: tuple[str, ...]
    since: datetime
    """The first of those logins."""


class EventDocument(Document, frozen=True, kw_only=True, rename={"source": "from"}):
    """Something that a machine wrote down."""

    machine: str
    kind: EventKind
    time: datetime
    user: str | None
    tty: str | None
    source: str | None
    service: str | None
    detail: str | None
    outcome: Outcome | None
    duration_seconds: float | None
    standing: Standing
    key: str


class AlertDocument(Document, frozen=True, kw_only=True):
    """Something that a rule found wrong."""

    rule: str
    level: Level
    machine: str | None
    """Null when it concerns several, or the fleet."""
    machines: tuple[str, ...]
    subject: str | None
    text: str
    opened: datetime
    updated: datetime
    resolved: datetime | None
    acknowledged: datetime | None
    acknowledged_by: str | None
    muted_until: datetime | None
    count: int
    value: float | None
    limit: float | None
    late: bool
    key: str


def machine_document(machine: Machine, fleet: Fleet, now_us: int) -> MachineDocument:
    """How a machine is."""
    sample = fleet.samples.get(machine.name) or Sample(machine=machine.name, time_us=0)
    sessions = fleet.sessions_of_machine.get(machine.name, {}).values()
    is_known = machine.sessions_known and machine.state is MachineState.UP
    failed = fleet.failures.machine_total(machine.name).in_hour(now_us)
    return MachineDocument(
        machine=machine.name,
        address=machine.address,
        state=machine.state,
        state_since=_moment_or_none(machine.state_since_us),
        reason=machine.reason or None,
        tags=machine.tags,
        system=machine.system or None,
        sessions=len(sessions) if is_known else None,
        users=_names(session.user for session in sessions),
        as_of=_moment_or_none(machine.last_sample_us),
        cpu_percent=sample.cpu_percent,
        memory_percent=sample.memory_percent,
        swap_percent=sample.swap_percent,
        disk_percent=sample.disk_percent,
        load1=sample.load1,
        uptime_seconds=sample.uptime_seconds if sample.time_us else None,
        failed_logins=failed if failed or machine.failures_known else None,
    )


def session_document(session: Session, fleet: Fleet) -> SessionDocument:
    """A session; how long it is idle, as of the machine's last sample."""
    sample = fleet.samples.get(session.machine)
    ended_us = None if session.logout_us is None else session.logout_us - session.skew_us
    return SessionDocument(
        machine=session.machine,
        user=session.user,
        tty=session.tty or None,
        source=session.source or None,
        since=_moment(session.fleet_login_us),
        until=None if ended_us is None else _moment(ended_us),
        outcome=session.outcome,
        idle_seconds=idle_seconds(session, sample, sample.time_us) if sample and session.is_open else None,
        service=session.service or None,
        counted=session.is_open and fleet.is_up(session.machine),
        key=session.key.hex(),
    )


def user_document(user: str, sessions: Collection[Session]) -> UserDocument:
    """A user, from the sessions that count; at least one."""
    return UserDocument(
        user=user,
        sessions=len(sessions),
        machines=_names(session.machine for session in sessions),
        sources=_names(session.source for session in sessions),
        since=_moment(min(session.fleet_login_us for session in sessions)),
    )


def event_document(event: Event) -> EventDocument:
    """An event."""
    return EventDocument(
        machine=event.machine,
        kind=event.kind,
        time=_moment(event.fleet_time_us),
        user=event.user or None,
        tty=event.tty or None,
        source=event.source or None,
        service=event.service or None,
        detail=event.detail or None,
        outcome=event.outcome,
        duration_seconds=None if event.duration_us is None else event.duration_us / 1e6,
        standing=event.standing,
        key=event.key.hex(),
    )


def alert_document(alert: Alert) -> AlertDocument:
    """An alert."""
    return AlertDocument(
        rule=alert.rule,
        level=alert.level,
        machine=alert.machine or None,
        machines=alert.machines or ((alert.machine,) if alert.machine else ()),
        subject=alert.subject or None,
        text=alert.text,
        opened=_moment(alert.opened_us),
        updated=_moment(alert.updated_us),
        resolved=None if alert.resolved_us is None else _moment(alert.resolved_us),
        acknowledged=None if alert.acknowledged_us is None else _moment(alert.acknowledged_us),
        acknowledged_by=alert.acknowledged_by or None,
        muted_until=None if alert.muted_until_us is None else _moment(alert.muted_until_us),
        count=alert.count,
        value=alert.value,
        limit=alert.limit,
        late=alert.late,
        key=alert.key.hex(),
    )


def _moment(time_us: int) -> datetime:
    return local(time_us, UTC)


def _moment_or_none(time_us: int) -> datetime | None:
    """None for what never was."""
    return _moment(time_us) if time_us else None


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, sorted, without the empty one."""
    return tuple(sorted(set(names) - {""}))
