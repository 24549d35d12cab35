"""Sessions, events and alerts as rows, and back.

Each field is written out by hand: a noun may grow a field without the store, and a column must not
change its meaning unseen. Of sessions and events there are many: they are made column by column, in
half the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import RowMapping

from whotop.model import Alert, Event, EventKind, Level, Origin, Outcome, RawText, Session, Standing
from whotop.store.prepared import Columns, Row
from whotop.store.storable import json, number, number_or_none, numbers, text, texts, words

_decode_raw = msgspec.json.Decoder(RawText).decode


def _raw_column(raw: RawText | None) -> str | None:
    return None if raw is None else json(raw)


def _raw_value(column: str | None) -> RawText | None:
    return None if column is None else _decode_raw(column)


def _fleet_us(time_us: int, skew_us: int) -> int:
    """A machine's time by our own clock."""
    return number(time_us - skew_us)


def session_columns(told: Sequence[Session], machine_ids: Mapping[str, int], revision: int) -> Columns:
    """The rows of sessions."""
    login_us, skew_us = numbers([one.login_us for one in told]), numbers([one.skew_us for one in told])
    logout_us = [number_or_none(one.logout_us) for one in told]
    return {
        "key": [one.key for one in told],
        "machine_id": [machine_ids[one.machine] for one in told],
        "user_name": texts([one.user for one in told]),
        "login_us": login_us,
        "tty": texts([one.tty for one in told]),
        "source": texts([one.source for one in told]),
        "logout_us": logout_us,
        "outcome": words([one.outcome for one in told]),
        "boot_id": texts([one.boot_id for one in told]),
        "session_id": texts([one.session_id for one in told]),
        "leader_pid": numbers([one.leader_pid for one in told]),
        "login_pid": numbers([one.login_pid for one in told]),
        "service": texts([one.service for one in told]),
        "origin": words([one.origin for one in told]),
        "standing": words([one.standing for one in told]),
        "seen_us": numbers([one.seen_us for one in told]),
        "skew_us": skew_us,
        "raw": [_raw_column(one.raw) for one in told],
        "fleet_login_us": list(map(_fleet_us, login_us, skew_us)),
        "fleet_logout_us": [
            None if one.is_open else _fleet_us(began if ended is None else ended, skew)
            for one, began, ended, skew in zip(told, login_us, logout_us, skew_us, strict=True)
        ],
        "revision": [revision] * len(told),
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


def event_columns(told: Sequence[Event], machine_ids: Mapping[str, int], revision: int) -> Columns:
    """The rows of events."""
    time_us, skew_us = numbers([one.time_us for one in told]), numbers([one.skew_us for one in told])
    return {
        "key": [one.key for one in told],
        "machine_id": [machine_ids[one.machine] for one in told],
        "kind": words([one.kind for one in told]),
        "time_us": time_us,
        "user_name": texts([one.user for one in told]),
        "tty": texts([one.tty for one in told]),
        "source": texts([one.source for one in told]),
        "origin": words([one.origin for one in told]),
        "session_id": texts([one.session_id for one in told]),
        "leader_pid": numbers([one.leader_pid for one in told]),
        "login_pid": numbers([one.login_pid for one in told]),
        "boot_id": texts([one.boot_id for one in told]),
        "record_id": texts([one.record_id for one in told]),
        "ordinal": numbers([one.ordinal for one in told]),
        "service": texts([one.service for one in told]),
        "detail": texts([one.detail for one in told]),
        "raw": [_raw_column(one.raw) for one in told],
        "standing": words([one.standing for one in told]),
        "seen_us": numbers([one.seen_us for one in told]),
        "skew_us": skew_us,
        "session_key": [one.session_key for one in told],
        "duration_us": [number_or_none(one.duration_us) for one in told],
        "outcome": words([one.outcome for one in told]),
        "fleet_time_us": list(map(_fleet_us, time_us, skew_us)),
        "revision": [revision] * len(told),
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
