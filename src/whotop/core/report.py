"""The snapshot report: who is on which machine at one moment, as data.

What the screen leaves on exit, what ``whotop report`` prints and what the API returns are this one
object; ``render`` turns it into text, tables, Markdown, JSON, CSV, HTML or PDF and adds nothing. Times are
µs UTC on whotop's clock (a machine's own time less its skew).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo

import msgspec

from whotop.core.fleet import Fleet
from whotop.core.idle import idle_seconds
from whotop.core.report_failures import FAILURES_KEPT, ReportedFailures, reported_failures
from whotop.core.usage import UsageReport
from whotop.model import Alert, Machine, MachineState, RawText, Sample, Session


class ReportedSession(msgspec.Struct, frozen=True, kw_only=True):
    """One open session."""

    user: str
    tty: str = ""
    """Empty for a session without one."""
    source: str = ""
    since_us: int
    idle_seconds: float | None = None
    service: str = ""
    raw: RawText | None = None

    @property
    def identity(self) -> str:
        """The user's name as received: what tells two users apart."""
        return self.user if self.raw is None or self.raw.user is None else self.raw.user


class ReportedMachine(msgspec.Struct, frozen=True, kw_only=True):
    """One machine and who is on it; for one that is not reached, who was when it was last seen."""

    name: str
    address: str = ""
    tags: tuple[str, ...] = ()
    state: MachineState | None = None
    """None for a machine known from a file of events."""
    state_since_us: int = 0
    reason: str = ""
    """Why it is not reached."""
    as_of_us: int = 0
    """When the last good sample came; 0 never."""
    sessions_known: bool = True
    sessions: tuple[ReportedSession, ...] = ()
    """By user, then by time of login."""
    cpu_percent: float | None = None
    memory_percent: float | None = None
    disk_percent: float | None = None
    load1: float | None = None
    uptime_seconds: float | None = None

    @property
    def users(self) -> list[str]:
        """The names of those who are on it, each once, sorted."""
        return sorted({session.identity: session.user for session in self.sessions}.values())


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: sessions of machines that are up, and nothing else."""

    machines: int
    up: int
    stale: int
    down: int
    connecting: int
    not_watched: int
    cannot_tell: int
    """Of those that are up."""
    sessions: int
    users: int
    without_tty: int
    """Sessions of scp, ansible, port forwards; files of events do not tell."""
    alerts: int
    """Those that stand and are not muted."""
    alerts_muted: int = 0
    failed_logins: int | None = None
    """In the last 24 hours, on all machines; None where nobody has watched (a file of events, one poll)."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a report says."""

    made_us: int
    at_us: int
    """The moment it shows; that of its making unless the past was asked for."""
    zone: tzinfo = UTC
    """In which renderers show times."""
    watched_from_us: int | None = None
    """Since when whotop had watched; None when it did not (a file of events, one poll)."""
    totals: Totals
    machines: tuple[ReportedMachine, ...]
    """Those that answered, also those with nobody on; in the fleet's order, of files in order of first event."""
    not_reached: tuple[ReportedMachine, ...] = ()
    cannot_tell: tuple[ReportedMachine, ...] = ()
    """They answer, but nothing on them tells who is logged in. Not the same as nobody."""
    alerts: tuple[Alert, ...] = ()
    """Those that stand, the newest first."""
    failed_logins: tuple[ReportedFailures, ...] = ()
    """Of the last 24 hours, the most often tried first, at most 100."""
    usage: UsageReport | None = None
    """How many people used the machines lately; None unless it was asked for."""


def report_of_fleet(
    fleet: Fleet, *, made_us: int, zone: tzinfo = UTC, watched_from_us: int | None = None, at_us: int | None = None
) -> Report:
    """What the fleet shows at ``at_us`` (default: ``made_us``)."""
    at_us = made_us if at_us is None else at_us
    machines = [_reported(machine, fleet, at_us) for machine in fleet.machines.values()]
    answering = [machine for machine in machines if machine.state is MachineState.UP]
    alerts = tuple(fleet.open_alerts())
    muted = sum(alert.is_muted(at_us) for alert in alerts)
    failures = () if watched_from_us is None else reported_failures(fleet.failures, at_us)
    failed = None if watched_from_us is None else sum(one.count for one in failures)
    return Report(
        made_us=made_us,
        at_us=at_us,
        zone=zone,
        watched_from_us=watched_from_us,
        totals=msgspec.structs.replace(
            totals_of(machines, len(alerts) - muted), alerts_muted=muted, failed_logins=failed
        ),
        machines=tuple(machine for machine in answering if machine.sessions_known),
        not_reached=tuple(machine for machine in machines if machine.state is not MachineState.UP),
        cannot_tell=tuple(machine for machine in answering if not machine.sessions_known),
        alerts=alerts,
        failed_logins=failures[:FAILURES_KEPT],
    )


def report_of_sessions(
    machines: Iterable[str], sessions: Iterable[Session], *, made_us: int, at_us: int, zone: tzinfo = UTC
) -> Report:
    """Who is on which machine as events tell it; ``machines`` in the order in which the report is to list them."""
    open_sessions: dict[str, list[Session]] = {name: [] for name in machines}
    for session in sessions:
        if session.is_open:
            open_sessions.setdefault(session.machine, []).append(session)
    reported = tuple(
        ReportedMachine(name=name, sessions=_reported_sessions(found, None, at_us))
        for name, found in open_sessions.items()
    )
    return Report(made_us=made_us, at_us=at_us, zone=zone, totals=totals_of(reported, 0), machines=reported)


def _reported(machine: Machine, fleet: Fleet, at_us: int) -> ReportedMachine:
    sample = fleet.samples.get(machine.name)
    is_up = machine.state is MachineState.UP
    return ReportedMachine(
        name=machine.name,
        address=machine.address,
        tags=machine.tags,
        state=machine.state,
        state_since_us=machine.state_since_us,
        reason=machine.reason,
        as_of_us=machine.last_sample_us,
        sessions_known=machine.sessions_known,
        sessions=_reported_sessions(
            fleet.sessions_of_machine.get(machine.name, {}).values(), sample, at_us if is_up else machine.last_sample_us
        ),
        cpu_percent=sample.cpu_percent if sample else None,
        memory_percent=sample.memory_percent if sample else None,
        disk_percent=sample.disk_percent if sample else None,
        load1=sample.load1 if sample else None,
        uptime_seconds=sample.uptime_seconds if sample else None,
    )


def _reported_sessions(sessions: Iterable[Session], sample: Sample | None, at_us: int) -> tuple[ReportedSession, ...]:
    ordered = sorted(sessions, key=lambda session: (session.user, session.fleet_login_us))
    return tuple(
        ReportedSession(
            user=session.user,
            tty=session.tty,
            source=session.source,
            since_us=session.fleet_login_us,
            idle_seconds=idle_seconds(session, sample, at_us),
            service=session.service,
            raw=session.raw,
        )
        for session in ordered
    )


def totals_of(machines: Sequence[ReportedMachine], alerts: int) -> Totals:
    """What is counted of these machines; ``alerts`` is how many stand."""
    states = Counter(machine.state for machine in machines)
    counted = [machine for machine in machines if machine.state in {None, MachineState.UP}]
    sessions = [session for machine in counted for session in machine.sessions]
    return Totals(
        machines=len(machines),
        up=states[MachineState.UP],
        stale=states[MachineState.STALE],
        down=states[MachineState.DOWN],
        connecting=states[MachineState.CONNECTING],
        not_watched=states[MachineState.NOT_WATCHED],
        cannot_tell=sum(not machine.sessions_known for machine in counted),
        sessions=len(sessions),
        users=len({session.identity for session in sessions}),
        without_tty=sum(not session.tty for machine in counted if machine.state for session in machine.sessions),
        alerts=alerts,
    )
