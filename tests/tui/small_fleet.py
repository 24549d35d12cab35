"""A small fleet at a fixed moment: something in every state, and people doing what people do."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from whotop.core.feed import AlertChanged, AnyChange, EventAdded, MachineChanged, Sampled, SessionChanged
from whotop.model import (
    Alert,
    Disk,
    Event,
    EventKind,
    LastInput,
    Level,
    Machine,
    MachineState,
    Origin,
    OriginStatus,
    Outcome,
    Readability,
    Sample,
    Session,
)

NOW_US = int(datetime(2026, 11, 20, 14, 22, 7, tzinfo=UTC).timestamp()) * SECOND_US
GIBIBYTE = 2**30

ORIGINS = (
    OriginStatus(origin=Origin.LOGIND, path="/run/systemd/sessions", readability=Readability.READABLE, used=True),
    OriginStatus(origin=Origin.UTMP, path="/run/utmp", readability=Readability.READABLE, used=True),
    OriginStatus(origin=Origin.WTMP, path="/var/log/wtmp", readability=Readability.READABLE, used=True),
    OriginStatus(origin=Origin.BTMP, path="/var/log/btmp", readability=Readability.UNREADABLE, mend="join group utmp"),
)


def machine(name: str, state: MachineState = MachineState.UP, *, known: bool = True, reason: str = "") -> Machine:
    return Machine(
        name=name,
        address=f"ops@{name}.example.net",
        state=state,
        state_since_us=NOW_US - 3 * MINUTE_US,
        reason=reason,
        last_sample_us=NOW_US - (3 * MINUTE_US if state is MachineState.DOWN else 14 * SECOND_US),
        boot_us=NOW_US - 41 * DAY_US,
        hostname=name,
        system="Debian GNU/Linux 12 (bookworm)",
        kernel="6.1.0-28-amd64",
        origins=ORIGINS,
        sessions_known=known,
        failures_known=known,
        tags=("prod",),
    )


def sample(name: str, cpu: float, memory: float, load: float, disk: float, days: float, ago: int = 1) -> Sample:
    return Sample(
        machine=name,
        time_us=NOW_US - ago * SECOND_US,
        cpu_percent=cpu,
        memory_percent=memory,
        memory_total_bytes=16 * GIBIBYTE,
        load1=load,
        load5=load,
        load15=load,
        cpu_count=8,
        uptime_seconds=days * 86_400,
        disks=(Disk(mount="/", size_bytes=10**11, available_bytes=10**10, used_percent=disk),),
        last_inputs=(
            LastInput("pts/0", NOW_US - 2 * MINUTE_US),
            LastInput("pts/1", NOW_US - HOUR_US),
            LastInput("pts/2", NOW_US - SECOND_US),
        ),
    )


def session(number: int, machine: str, user: str, ago_us: int, source: str = "", tty: str = "") -> Session:
    return Session(
        key=b"session %08d" % number,
        machine=machine,
        user=user,
        login_us=NOW_US - ago_us,
        tty=tty,
        source=source,
        service="sshd",
        leader_pid=1000 + number,
        origin=Origin.LOGIND,
    )


def ended(number: int, machine: str, user: str, ago_us: int, lasted_us: int, outcome: Outcome) -> Session:
    return Session(
        key=b"session %08d" % number,
        machine=machine,
        user=user,
        login_us=NOW_US - ago_us,
        logout_us=NOW_US - ago_us + lasted_us,
        outcome=outcome,
        tty="pts/4",
        source="10.0.3.7",
    )


def event(number: int, kind: EventKind, machine: str, ago: int, user: str = "", **more: object) -> Event:
    return Event(
        key=b"event  %08d " % number,
        kind=kind,
        machine=machine,
        time_us=NOW_US - ago * SECOND_US,
        user=user,
        **more,  # type: ignore[arg-type]
    )


MACHINES = [
    machine("web-01"),
    machine("web-02"),
    machine("web-10"),
    machine("db-02"),
    machine("app-17", MachineState.STALE, reason="nothing for 14s"),
    machine("edge-03", MachineState.DOWN, reason="connection refused"),
    machine("alpine-9", known=False),
    machine("build-1", MachineState.CONNECTING),
]
FIGURES = {
    "web-01": (43.0, 61.0, 0.82, 55.0, 41.0),
    "web-02": (8.0, 32.0, 0.12, 54.0, 41.0),
    "web-10": (71.0, 48.0, 2.4, 57.0, 12.0),
    "db-02": (3.0, 92.0, 0.1, 91.0, 203.0),
    "app-17": (97.0, 70.0, 9.31, 40.0, 2.0),
    "alpine-9": (1.0, 12.0, 0.0, 10.0, 9.0),
}
SESSIONS = [
    session(1, "web-01", "alice", 12 * SECOND_US, "10.0.3.7", "pts/0"),
    session(2, "web-02", "alice", 6 * HOUR_US, "10.0.3.9", "pts/1"),
    session(3, "web-10", "bob", 3 * HOUR_US, "2001:db8::42", "pts/0"),
    session(4, "db-02", "root", 4 * MINUTE_US, "203.0.113.9", "pts/2"),
    session(5, "web-10", "deploy", 26 * HOUR_US, "10.0.0.4"),
    session(6, "web-01", "deploy", 20 * MINUTE_US, "10.0.0.4"),
    session(7, "edge-03", "carol", 2 * HOUR_US, "10.0.3.8", "pts/0"),
    session(8, "web-01", "karl", 9 * HOUR_US, "", "tty1"),
]
ALERTS = [
    Alert(key=b"alert 1", rule="root", level=Level.HIGH, machine="db-02", subject="root",
          text="login as root from 203.0.113.9", opened_us=NOW_US - 4 * MINUTE_US, updated_us=NOW_US),
    Alert(key=b"alert 2", rule="disk", level=Level.WARN, machine="db-02", subject="/",
          text="disk / 91% over 90%", opened_us=NOW_US - 40 * MINUTE_US, updated_us=NOW_US),
    Alert(key=b"alert 3", rule="windows", level=Level.INFO, machine="", subject="10.0.0.4",
          text="10.0.0.4: 2 logins in 1 h", opened_us=NOW_US - 20 * MINUTE_US, updated_us=NOW_US),
]  # fmt: skip
EVENTS = [
    event(1, EventKind.BOOT, "web-10", 12 * 86_400, detail="6.1.0-28-amd64"),
    event(2, EventKind.LOGIN, "db-02", 240, "root", tty="pts/2", source="203.0.113.9"),
    event(3, EventKind.LOGOUT, "web-02", 62, "bob", tty="pts/0", duration_us=134 * MINUTE_US, outcome=Outcome.LOGOUT),
    event(4, EventKind.LOGIN, "web-01", 12, "alice", tty="pts/0", source="10.0.3.7"),
    *(event(100 + number, EventKind.FAILED_LOGIN, "db-02", 250 + number * 9, "root", tty="ssh:notty",
            source="203.0.113.9") for number in range(23)),
    event(5, EventKind.FAILED_LOGIN, "db-02", 6, "guest", tty="ssh:notty", source="203.0.113.9"),
    event(6, EventKind.FAILED_LOGIN, "web-01", 2 * 3_600, "alice", tty="ssh:notty", source="10.0.3.7"),
]  # fmt: skip


def wave(percent: float, step: int) -> float:
    """A reading that sways about ``percent``."""
    return min(100.0, max(0.0, percent * (0.75 + 0.35 * math.sin(step * 0.9 + percent))))


def whole_fleet() -> list[AnyChange]:
    """Everything, as a feed's first batch."""
    changes: list[AnyChange] = [MachineChanged(machine) for machine in MACHINES]
    for name, figures in FIGURES.items():
        changes += [Sampled(sample(name, wave(figures[0], step), *figures[1:], ago=40 - 5 * step)) for step in range(8)]
        changes.append(Sampled(sample(name, *figures)))
    changes += [SessionChanged(session) for session in SESSIONS]
    changes += [EventAdded(event) for event in EVENTS]
    changes += [AlertChanged(alert) for alert in ALERTS]
    return changes
