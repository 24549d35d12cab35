"""What a list of open sessions reports: a login for each session and origin, as the tracker takes it."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.model import Event, Standing
from whotop.monitor.watched import Watched
from whotop.parse import logind, proc_sessions, utmp, who_text, wts
from whotop.parse.zone import zone_of
from whotop.text import safe
from whotop.wire.messages import Sessions


def open_reports(watched: Watched, sessions: Sessions, received_us: int) -> list[Event] | None:
    """The open sessions as all that lists them tells of them, without the one that is our own connection.

    None where nothing has answered: then nobody knows who is there.
    """
    by_each = (
        _by_logind(watched, sessions, received_us),
        _by_utmp(watched, sessions, received_us),
        _by_processes(watched, sessions, received_us),
        _by_who(watched, sessions, received_us),
        _by_windows(watched, sessions, received_us),
    )
    answers = [reports for reports in by_each if reports is not None]
    if not answers:
        return None
    return [_with_standing(seen_by_now(report, received_us), watched) for reports in answers for report in reports]


def seen_by_now(event: Event, received_us: int) -> Event:
    """Nothing is seen before it happens: a date in the future says that the clock was wrong when it was written.

    Otherwise one machine could stand before all others among the newest events, for ever.
    """
    if event.fleet_time_us <= received_us:
        return event
    return replace(event, skew_us=event.time_us - received_us)


def _by_logind(watched: Watched, sessions: Sessions, received_us: int) -> list[Event] | None:
    if sessions.logind is None:
        return None
    boot_id = safe(sessions.boot_id, 64)
    reports = [
        report
        for file in sessions.logind
        if (
            report := logind.login(
                file.id,
                file.data,
                watched.target.name,
                tty_nr=file.tty_nr,
                boot_id=boot_id,
                seen_us=received_us,
                skew_us=watched.skew_us,
            )
        )
        is not None
    ]
    return _without_own(reports, watched)


def _by_utmp(watched: Watched, sessions: Sessions, received_us: int) -> list[Event] | None:
    if sessions.utmp is None:
        return None
    return utmp.live_reports(
        sessions.utmp,
        watched.target.name,
        {safe(terminal.name) for terminal in sessions.terminals},
        boot_id=safe(sessions.boot_id, 64),
        seen_us=received_us,
        skew_us=watched.skew_us,
    )


def _by_processes(watched: Watched, sessions: Sessions, received_us: int) -> list[Event] | None:
    if sessions.proc is None:
        return None
    boot_id = safe(sessions.boot_id, 64)
    reports = [
        report
        for process in sessions.proc
        if (
            report := proc_sessions.login(
                process.stat,
                process.cmdline,
                watched.target.name,
                started_us=process.started_us,
                uid=process.uid,
                user_name=process.user,
                address=process.source,
                boot_id=boot_id,
                seen_us=received_us,
                skew_us=watched.skew_us,
            )
        )
        is not None
    ]
    return _without_own(reports, watched)


def _by_who(watched: Watched, sessions: Sessions, received_us: int) -> list[Event] | None:
    """It names no process, so our own connection is among them, if it has a terminal: it asks for none."""
    if sessions.who is None or watched.hello is None:
        return None
    return who_text.live_reports(
        sessions.who,
        watched.target.name,
        sessions.clock_us,
        zone_of(watched.hello.zone),
        boot_id=safe(sessions.boot_id, 64),
        seen_us=received_us,
        skew_us=watched.skew_us,
    )


def _by_windows(watched: Watched, sessions: Sessions, received_us: int) -> list[Event] | None:
    if sessions.wts is None:
        return None
    return wts.login_reports(
        sessions.wts,
        watched.target.name,
        boot_id=safe(sessions.boot_id, 64),
        seen_us=received_us,
        skew_us=watched.skew_us,
    )


def _without_own(reports: list[Event], watched: Watched) -> list[Event]:
    """All but the one session that the probe itself runs in: its nearest ancestor leads it."""
    if watched.target.local or watched.hello is None:
        return reports
    leaders = {report.leader_pid: report for report in reports}
    own = next((leaders[pid] for pid in watched.hello.ancestors if pid in leaders), None)
    if own is None:
        return reports
    watched.own.listed(own)
    return [report for report in reports if report.leader_pid != own.leader_pid]


def _with_standing(report: Event, watched: Watched) -> Event:
    """Who was there before this connection began is history, or came late if we had watched before."""
    if report.fleet_time_us >= watched.contact.since_us:
        return report
    return replace(report, standing=Standing.LATE if watched.was_known else Standing.HISTORY)
