"""Sessions, events and alerts as rows, and back.

Each field is written out by hand: a noun may grow a field without the store, and a column must not
change its meaning unseen.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import RowMapping

from whotop.model import Alert, Event, EventKind, Level, Origin, Outcome, RawText, Session, Standing
from whotop.store.prepared import Row
from whotop.store.storable import json, number, number_or_none, text

_decode_raw = msgspec.json.Decoder(RawText).decode


def _raw_column(raw: RawText | None) -> str | None:
    return None if raw is None else json(raw)


def _raw_value(column: str | None) -> RawText | None:
    return None if column is None else _decode_raw(column)


def session_row(session: Session, machine_id: int, revision: int) -> Row:
    """A session's row."""
    login_us, skew_us = number(session.login_us), number(session.skew_us)
    logout_us = number_or_none(session.logout_us)
    ended_us = None if session.is_open else number((login_us if logout_us is None else logout_us) - skew_us)
    return {
        "key": session.key,
        "machine_id": machine_id,
        "user_name": text(session.user),
        "login_us": login_us,
        "tty": text(session.tty),
        "source": text(session.source),
        "logout_us": logout_us,
        "outcome": str(session.outcome),
        "boot_id": text(session.boot_id),
        "session_id": text(session.session_id),
        "leader_pid": number(session.leader_pid),
        "login_pid": number(session.login_pid),
        "service": text(session.service),
        "origin": str(session.origin),
        "standing": str(session.standing),
        "seen_us": number(session.seen_us),
        "skew_us": skew_us,
        "raw": _raw_column(session.raw),
        "fleet_login_us": number(login_us - skew_us),
        "fleet_logout_us": ended_us,
        "revision": revision,
    }


def session_of(row: RowMapping, machine: str) -> Session:
    """The session in a row."""
    return Session(
        key=row["key"],
        machine=machine,
        user=row["user_name"],
        login_us=row["login_us"],
        tty=row["tty"],
        source=row["source"],
        logout_us=row["logout_us"],
        outcome=Outcome(row["outcome"]),
        boot_id=row["boot_id"],
        session_id=row["session_id"],
        leader_pid=row["leader_pid"],
        login_pid=row["login_pid"],
        service=row["service"],
        origin=Origin(row["origin"]),
        standing=Standing(row["standing"]),
        seen_us=row["seen_us"],
        skew_us=row["skew_us"],
        raw=_raw_value(row["raw"]),
    )


def event_row(event: Event, machine_id: int, revision: int) -> Row:
    """An event's row."""
    time_us, skew_us = number(event.time_us), number(event.skew_us)
    return {
        "key": event.key,
        "machine_id": machine_id,
        "kind": str(event.kind),
        "time_us": time_us,
        "user_name": text(event.user),
        "tty": text(event.tty),
        "source": text(event.source),
        "origin": str(event.origin),
        "session_id": text(event.session_id),
        "leader_pid": number(event.leader_pid),
        "login_pid": number(event.login_pid),
        "boot_id": text(event.boot_id),
        "record_id": text(event.record_id),
        "ordinal": number(event.ordinal),
        "service": text(event.service),
        "detail": text(event.detail),
        "raw": _raw_column(event.raw),
        "standing": str(event.standing),
        "seen_us": number(event.seen_us),
        "skew_us": skew_us,
        "session_key": event.session_key,
        "duration_us": number_or_none(event.duration_us),
        "outcome": None if event.outcome is None else str(event.outcome),
        "fleet_time_us": number(time_us - skew_us),
        "revision": revision,
    }


def event_of(row: RowMapping, machine: str) -> Event:
    """The event in a row."""
    return Event(
        key=row["key"],
        machine=machine,
        kind=EventKind(row["kind"]),
        time_us=row["time_us"],
        user=row["user_name"],
        tty=row["tty"],
        source=row["source"],
        origin=Origin(row["origin"]),
        session_id=row["session_id"],
        leader_pid=row["leader_pid"],
        login_pid=row["login_pid"],
        boot_id=row["boot_id"],
        record_id=row["record_id"],
        ordinal=row["ordinal"],
        service=row["service"],
        detail=row["detail"],
        raw=_raw_value(row["raw"]),
        standing=Standing(row["standing"]),
        seen_us=row["seen_us"],
        skew_us=row["skew_us"],
        session_key=row["session_key"],
        duration_us=row["duration_us"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
    )


def alert_row(alert: Alert, machine_id: int | None, revision: int) -> Row:
    """An alert's row; ``machine_id`` is None for an alert of the fleet."""
    return {
        "key": alert.key,
        "machine_id": machine_id,
        "rule": text(alert.rule),
        "level": str(alert.level),
        "subject": text(alert.subject),
        "text": text(alert.text),
        "opened_us": number(alert.opened_us),
        "updated_us": number(alert.updated_us),
        "resolved_us": number_or_none(alert.resolved_us),
        "count": number(alert.count),
        "value": alert.value,
        "limit_value": alert.limit,
        "evidence": alert.evidence_keys,
        "late": alert.late,
        "acknowledged_us": number_or_none(alert.acknowledged_us),
        "acknowledged_by": text(alert.acknowledged_by),
        "muted_until_us": number_or_none(alert.muted_until_us),
        "revision": revision,
    }


def alert_of(row: RowMapping, machine: str, machines: tuple[str, ...] = ()) -> Alert:
    """The alert in a row; ``machine`` is empty for an alert of the fleet, and of several ``machines``."""
    return Alert(
        key=row["key"],
        rule=row["rule"],
        level=Level(row["level"]),
        machine=machine,
        subject=row["subject"],
        text=row["text"],
        opened_us=row["opened_us"],
        updated_us=row["updated_us"],
        resolved_us=row["resolved_us"],
        count=row["count"],
        value=row["value"],
        limit=row["limit_value"],
        evidence_keys=row["evidence"],
        late=row["late"],
        machines=machines,
        acknowledged_us=row["acknowledged_us"],
        acknowledged_by=row["acknowledged_by"],
        muted_until_us=row["muted_until_us"],
    )
