"""The snapshot report as data."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from whotop.clock import SECOND_US
from whotop.core.feed import AlertChanged, AnyChange, Batch, EventAdded, MachineChanged, Sampled, SessionChanged
from whotop.core.fleet import Fleet
from whotop.core.report import Report, report_of_fleet, report_of_sessions
from whotop.model import (
    Alert,
    Event,
    EventKind,
    LastInput,
    Level,
    Machine,
    MachineState,
    Outcome,
    RawText,
    Sample,
    Session,
)
from whotop.model.alert import UNTIL_RESOLVED_US

NOW = 1_800_000_000 * SECOND_US


def machine(name: str, state: MachineState = MachineState.UP, *, known: bool = True) -> Machine:
    return Machine(
        name=name,
        address=name,
        state=state,
        reason="" if state is MachineState.UP else "connection refused",
        last_sample_us=NOW - 60 * SECOND_US,
        sessions_known=known,
    )


def session(
    of: str, user: str, *, tty: str = "pts/0", login_us: int = NOW, raw: RawText | None = None, skew_us: int = 0
) -> Session:
    key = f"{of}{user}{tty}{login_us}{raw}".encode()
    return Session(key=key, machine=of, user=user, tty=tty, login_us=login_us, raw=raw, skew_us=skew_us)


def alert(key: bytes, opened_us: int, resolved_us: int | None = None) -> Alert:
    return Alert(
        key=key,
        rule="cpu",
        level=Level.WARN,
        machine="web",
        subject="",
        text="cpu 97%",
        opened_us=opened_us,
        updated_us=opened_us,
        resolved_us=resolved_us,
    )


def report(changes: Iterable[AnyChange]) -> Report:
    fleet = Fleet()
    fleet.apply(Batch(revision=1, time_us=NOW, changes=tuple(changes)))
    return report_of_fleet(fleet, made_us=NOW, watched_from_us=NOW - 100)


def test_machines_are_sorted_into_answered_not_reached_and_cannot_tell() -> None:
    made = report(
        [
            MachineChanged(machine("web")),
            MachineChanged(machine("gone", MachineState.DOWN)),
            MachineChanged(machine("late", MachineState.STALE)),
            MachineChanged(machine("new", MachineState.CONNECTING)),
            MachineChanged(machine("dumb", known=False)),
        ]
    )
    assert [found.name for found in made.machines] == ["web"]
    assert [found.name for found in made.not_reached] == ["gone", "late", "new"]
    assert [found.name for found in made.cannot_tell] == ["dumb"]
    assert made.totals.machines == 5
    assert (made.totals.up, made.totals.down, made.totals.stale, made.totals.connecting) == (2, 1, 1, 1)
    assert made.totals.cannot_tell == 1


def test_only_sessions_of_machines_that_are_up_count() -> None:
    made = report(
        [
            MachineChanged(machine("web")),
            MachineChanged(machine("gone", MachineState.DOWN)),
            SessionChanged(session("web", "ann")),
            SessionChanged(session("web", "ann", tty="")),
            SessionChanged(session("gone", "bob")),
        ]
    )
    assert (made.totals.sessions, made.totals.users, made.totals.without_tty) == (2, 1, 1)
    assert made.not_reached[0].users == ["bob"]
    assert made.not_reached[0].as_of_us == NOW - 60 * SECOND_US
    assert made.not_reached[0].reason == "connection refused"


def test_sessions_are_by_user_then_by_login() -> None:
    made = report(
        [
            MachineChanged(machine("web")),
            SessionChanged(session("web", "bob")),
            SessionChanged(session("web", "ann", login_us=NOW, tty="pts/2")),
            SessionChanged(session("web", "ann", login_us=NOW - 1, tty="pts/1")),
        ]
    )
    assert [(found.user, found.tty) for found in made.machines[0].sessions] == [
        ("ann", "pts/1"),
        ("ann", "pts/2"),
        ("bob", "pts/0"),
    ]
    assert made.machines[0].users == ["ann", "bob"]


def test_users_who_differ_only_as_received_are_two() -> None:
    made = report(
        [
            MachineChanged(machine("web")),
            SessionChanged(session("web", "é", raw=RawText(user="e\u0301"))),
            SessionChanged(session("web", "é")),
        ]
    )
    assert made.totals.users == 2
    assert made.machines[0].users == ["é", "é"]


def test_since_is_by_our_clock_and_idle_by_the_terminals_last_input() -> None:
    skew_us = 3_600 * SECOND_US
    sample = Sample(
        machine="web",
        time_us=NOW,
        cpu_percent=43.0,
        skew_us=skew_us,
        last_inputs=(LastInput("pts/0", NOW + skew_us - 120 * SECOND_US),),
    )
    login_us = NOW + skew_us - 300 * SECOND_US
    made = report(
        [
            MachineChanged(machine("web")),
            Sampled(sample),
            SessionChanged(session("web", "ann", login_us=login_us, skew_us=skew_us)),
            SessionChanged(session("web", "bob", tty="pts/9", login_us=login_us)),
        ]
    )
    ann, bob = made.machines[0].sessions
    assert ann.since_us == NOW - 300 * SECOND_US
    assert ann.idle_seconds == 120.0
    assert bob.idle_seconds is None
    assert made.machines[0].cpu_percent == 43.0


def test_nobody_is_idle_for_longer_than_logged_in() -> None:
    sample = Sample(machine="web", time_us=NOW, last_inputs=(LastInput("pts/0", 0),))
    changes: list[AnyChange] = [
        MachineChanged(machine("web")),
        Sampled(sample),
        SessionChanged(session("web", "ann", login_us=NOW)),
    ]
    assert report(changes).machines[0].sessions[0].idle_seconds == 0.0


def test_open_alerts_are_listed_newest_first() -> None:
    changes: list[AnyChange] = [
        AlertChanged(alert(b"a", 1)),
        AlertChanged(alert(b"b", 2)),
        AlertChanged(alert(b"c", 3, resolved_us=4)),
    ]
    made = report(changes)
    assert [found.key for found in made.alerts] == [b"b", b"a"]
    assert made.totals.alerts == 2


def test_muted_alerts_are_listed_and_counted_apart() -> None:
    muted = msgspec.structs.replace(alert(b"a", 1), muted_until_us=UNTIL_RESOLVED_US)
    made = report([AlertChanged(muted), AlertChanged(alert(b"b", 2))])
    assert len(made.alerts) == 2
    assert (made.totals.alerts, made.totals.alerts_muted) == (1, 1)


def test_from_sessions_machines_keep_their_order_and_closed_sessions_are_left_out() -> None:
    sessions = [
        session("db", "zoe"),
        session("db", "ann"),
        Session(key=b"x", machine="web", user="bob", login_us=1, logout_us=2, outcome=Outcome.LOGOUT),
    ]
    made = report_of_sessions(["web", "db"], sessions, made_us=NOW, at_us=NOW)
    assert [(found.name, found.users) for found in made.machines] == [("web", []), ("db", ["ann", "zoe"])]
    assert (made.totals.machines, made.totals.sessions, made.totals.up) == (2, 2, 0)


def failures(count: int, user: str, source: str = "203.0.113.9") -> list[AnyChange]:
    return [
        EventAdded(
            Event(
                key=f"{user}{source}{number}".encode(),
                kind=EventKind.FAILED_LOGIN,
                machine="web",
                user=user,
                source=source,
                tty="ssh:notty",
                time_us=NOW - (count - number) * SECOND_US,
            )
        )
        for number in range(count)
    ]


def test_failed_logins_are_told_the_most_often_tried_first() -> None:
    made = report([MachineChanged(machine("web")), *failures(2, "admin"), *failures(5, "root")])
    assert made.totals.failed_logins == 7
    assert [(failed.user, failed.count, failed.tty) for failed in made.failed_logins] == [
        ("root", 5, "ssh:notty"),
        ("admin", 2, "ssh:notty"),
    ]
    assert made.failed_logins[0].last_us == NOW - SECOND_US


def test_a_flood_of_names_makes_no_endless_report() -> None:
    names = [change for number in range(500) for change in failures(1, f"user{number}")]
    made = report([MachineChanged(machine("web")), *names])
    assert len(made.failed_logins) == 100
    assert made.totals.failed_logins == 500


def test_one_poll_does_not_tell_how_many_failed() -> None:
    fleet = Fleet()
    fleet.apply(Batch(1, NOW, (MachineChanged(machine("web")),)))
    assert report_of_fleet(fleet, made_us=NOW).totals.failed_logins is None
