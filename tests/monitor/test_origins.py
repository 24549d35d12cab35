"""Origins: which are asked for, what their records become, and what is kept of how far they were read."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from tests.monitor.machine_talk import NOON_US, Talk
from tests.monitor.trial import Trial
from whotop.model import EventKind, Machine, Origin, Readability
from whotop.wire.messages import Cursor, FileIdentity, Hello, OriginReport, Origins, ProcessSession, Records, Sessions

FILE = FileIdentity(device=1, inode=2, head=b"head")


def report(name: str, state: str = "readable", group: bytes = b"") -> OriginReport:
    return OriginReport(name=name, path=b"/var/log/" + name.encode(), state=state, group=group, changed_us=NOON_US)


def hello(talk: Talk, *origins: OriginReport, zone: bytes = b"+0000") -> Hello:
    return replace(talk.hello(0), origins=origins, zone=zone)


def log(text: str, seconds: float, offset: int, *, mark: bytes = b"", **marks: bool) -> Records:
    """A piece of a log, which ends at ``offset``."""
    return Records(
        clock_us=NOON_US + round(seconds * 1_000_000),
        origin="journal" if mark else "auth.log",
        data=text.encode(),
        start=0,
        cursor=Cursor(file=FILE, offset=offset, tail=b"", mark=mark),
        **marks,
    )


def line(clock: str, pid: int, message: str) -> str:
    return f"2025-11-21T{clock}+00:00 web-01 sshd[{pid}]: {message}\n"


def accepted(clock: str, pid: int, user: str = "alice") -> str:
    return line(clock, pid, f"Accepted publickey for {user} from 10.0.0.7 port 5022 ssh2") + line(
        clock, pid, f"pam_unix(sshd:session): session opened for user {user}(uid=1000) by {user}(uid=0)"
    )


def closed(clock: str, pid: int, user: str = "alice") -> str:
    return line(clock, pid, f"pam_unix(sshd:session): session closed for user {user}")


def entry(seconds: float, pid: int, message: str, number: int) -> str:
    """An entry of the journal."""
    fields = {
        "__CURSOR": f"s={'a' * 32};i={number:x};b=1;m=1;t=1;x=1",
        "__REALTIME_TIMESTAMP": str(NOON_US + round(seconds * 1_000_000)),
        "SYSLOG_IDENTIFIER": "sshd",
        "_COMM": "sshd",
        "_UID": "0",
        "_PID": str(pid),
        "MESSAGE": message,
    }
    return json.dumps(fields) + "\n"


def events_of(trial: Trial, kind: EventKind) -> list[tuple[str, Origin]]:
    return [(event.user, event.origin) for event in trial.writer.events.values() if event.kind is kind]


# --- which -------------------------------------------------------------------------------------


async def test_what_the_machine_has_decides_what_is_asked_for_and_shown_as_used(trial: Trial, talk: Talk) -> None:
    trial.watch()
    origins = (report("utmp"), report("wtmp"), report("btmp", "unreadable", b"utmp"), report("auth.log"))
    trial.intake.hello(trial.name, hello(talk, *origins), trial.at(0))
    assert trial.intake.wanted(trial.name) == ("wtmp", "auth.log")
    shown = {status.origin: status for status in trial.machine.origins}
    assert shown[Origin.AUTH_LOG].used
    assert (shown[Origin.BTMP].readability, shown[Origin.BTMP].mend) == (Readability.UNREADABLE, "join group utmp")
    assert not shown[Origin.BTMP].used
    assert trial.machine.failures_known


async def test_where_nothing_tells_of_failures_that_is_said(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("utmp"), report("wtmp")), trial.at(0))
    assert not trial.machine.failures_known


async def test_what_has_become_readable_is_asked_for_from_then_on(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("utmp"), report("btmp", "unreadable")), trial.at(0))
    assert trial.intake.wanted(trial.name) == ()
    trial.intake.origins(trial.name, Origins(origins=(report("utmp"), report("btmp"))), trial.at(30))
    assert trial.intake.wanted(trial.name) == ("btmp",)
    assert trial.machine.failures_known


async def test_an_origin_that_this_whotop_does_not_know_is_passed_over(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("utmp"), report("clay tablets")), trial.at(0))
    assert [status.origin for status in trial.machine.origins] == [Origin.UTMP]


async def test_what_stands_in_for_the_missing_lists_is_named(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk), trial.at(0))
    assert [(status.origin, status.used) for status in trial.machine.origins] == [(Origin.PROC, True)]


# --- who is there --------------------------------------------------------------------------------


async def test_processes_tell_who_is_there_where_nothing_else_does(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk), trial.at(0))
    nobody = Sessions(clock_us=talk.at(0), boot_id=b"", proc=())
    trial.intake.sessions(trial.name, nobody, trial.at(0))
    assert trial.machine.sessions_known


async def test_where_nothing_tells_who_is_there_any_longer_nobody_can_tell(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk), trial.at(0))
    trial.intake.sessions(trial.name, Sessions(clock_us=talk.at(0), boot_id=b"", proc=()), trial.at(0))
    trial.intake.sessions(trial.name, Sessions(clock_us=talk.at(1), boot_id=b""), trial.at(1))
    assert not trial.machine.sessions_known


async def test_who_tells_in_the_machines_own_zone_where_nothing_else_can_be_read(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, zone=b"+0100"), trial.at(0))
    told = b"alice            pts/0        Nov 21 12:58   (10.0.0.7)\n"
    trial.intake.sessions(trial.name, Sessions(clock_us=talk.at(0), boot_id=b"", who=told), trial.at(0))
    (session,) = trial.fleet.sessions.values()
    assert (session.user, session.source, session.login_us) == ("alice", "10.0.0.7", talk.at(-120))


@pytest.mark.parametrize("unread", [b"", b"{", b"[]", b"null"])
async def test_an_answer_that_cannot_be_read_is_none(trial: Trial, talk: Talk, unread: bytes) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk), trial.at(0))
    trial.intake.sessions(trial.name, Sessions(clock_us=talk.at(0), boot_id=b"", wts=unread), trial.at(0))
    assert not trial.machine.sessions_known


async def test_a_process_that_tells_nothing_is_nobody(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk), trial.at(0))
    strange = Sessions(clock_us=talk.at(0), boot_id=b"", proc=(ProcessSession(stat=b"no such line"),))
    trial.intake.sessions(trial.name, strange, trial.at(0))
    assert trial.open_users == []


# --- records -------------------------------------------------------------------------------------


async def test_a_log_tells_of_logins_and_logouts(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    text = accepted("12:00:05", 4711) + closed("12:00:09", 4711)
    trial.intake.records(trial.name, log(text, 10, len(text)), trial.at(10))
    (session,) = trial.writer.sessions.values()
    assert (session.user, session.source, session.login_us) == ("alice", "10.0.0.7", talk.at(5))
    assert session.logout_us == talk.at(9)


async def test_old_stamps_are_in_the_machines_own_zone(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log"), zone=b"Europe/Berlin +0100"), trial.at(0))
    text = "Nov 21 13:00:05 web-01 sshd[4711]: Accepted password for alice from 10.0.0.7 port 5022 ssh2\n"
    trial.intake.records(trial.name, log(text, 10, len(text)), trial.at(10))
    assert [session.login_us for session in trial.writer.sessions.values()] == [talk.at(5)]


async def test_context_is_understood_and_not_taken_in_again(trial: Trial, talk: Talk) -> None:
    trial.watch(Machine(name=trial.name, address="web-01", last_sample_us=NOON_US - 1))
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    before = accepted("12:00:05", 4711)
    trial.intake.records(trial.name, log(before, 10, len(before), context=True, backlog=True), trial.at(10))
    assert trial.writer.events == {}
    assert trial.writer.cursors == {}


async def test_a_failed_login_of_which_nothing_more_is_heard_is_told_by_the_clock(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    text = line(
        "12:00:05",
        4711,
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.7  user=alice",
    )
    trial.intake.records(trial.name, log(text, 6, len(text)), trial.at(6))
    assert events_of(trial, EventKind.FAILED_LOGIN) == []
    trial.intake.figures(trial.name, talk.figures(30), trial.at(30))
    assert events_of(trial, EventKind.FAILED_LOGIN) == [("alice", Origin.AUTH_LOG)]


async def test_the_cursor_of_a_journal_waits_until_what_stands_before_it_is_understood(
    trial: Trial, talk: Talk
) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("journal")), trial.at(0))
    first = entry(1, 100, "Server listening on 0.0.0.0 port 22.", 1)
    pending = entry(5, 4711, "Invalid user eve from 10.0.0.7 port 5022", 2)
    settled = entry(6, 4711, "Connection closed by invalid user eve 10.0.0.7 port 5022 [preauth]", 3)
    # The end of a connection may be told twice.
    later = entry(9, 100, "Server listening on :: port 22.", 4)
    for number, text in enumerate((first, pending, settled, later), 1):
        trial.intake.records(trial.name, log(text, 5 + number, number, mark=b"c%d" % number), trial.at(5 + number))
        trial.writer.commit()
        if number in (2, 3):
            assert trial.writer.cursors["journal"].mark == b"c1"
    assert trial.writer.cursors["journal"].mark == b"c4"
    assert [offset for _, _, offset in trial.acknowledged] == [1, 2, 3, 4]


# --- our own connection ------------------------------------------------------------------------------


async def test_our_own_login_is_left_out_of_a_log_and_its_logout_too_when_the_next_connection_stands(
    trial: Trial, talk: Talk
) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    own, other = accepted("12:00:00", 690, "watch"), accepted("12:00:01", 800, "watch")
    trial.intake.records(trial.name, log(own + other, 2, 2), trial.at(2))
    assert events_of(trial, EventKind.LOGIN) == [("watch", Origin.AUTH_LOG)]
    trial.intake.lost(trial.name, "cut", retry_seconds=1)
    again = replace(hello(talk, report("auth.log")), ancestors=(900, 890, 1), clock_us=talk.at(20))
    trial.intake.hello(trial.name, again, trial.at(20))
    text = closed("12:00:15", 690, "watch") + accepted("12:00:20", 890, "watch")
    trial.intake.records(trial.name, log(text, 21, 3, backlog=True), trial.at(21))
    assert events_of(trial, EventKind.LOGOUT) == []
    assert len(events_of(trial, EventKind.LOGIN)) == 1


async def test_the_end_of_our_own_connection_is_left_out_by_the_next_whotop_too(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    text = accepted("12:00:00", 690, "watch")
    trial.intake.records(trial.name, log(text, 2, 2), trial.at(2))
    trial.intake.figures(trial.name, talk.figures(3), trial.at(3))
    again = trial.resume()
    after = replace(hello(talk, report("auth.log")), ancestors=(900, 890, 1), clock_us=talk.at(20))
    again.intake.hello(again.name, after, again.at(20))
    again.intake.records(again.name, log(closed("12:00:15", 690, "watch"), 21, 3, backlog=True), again.at(21))
    assert again.writer.events == {}


async def test_a_machine_cannot_name_what_is_to_be_hidden(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    piece = log(accepted("12:00:05", 800, "eve"), 6, 2)
    trial.intake.records(trial.name, replace(piece, cursor=replace(piece.cursor, own=(800,))), trial.at(6))
    assert trial.writer.cursors["auth.log"].own == ()


async def test_an_ancestors_login_of_long_ago_is_somebody_elses(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.intake.hello(trial.name, hello(talk, report("auth.log")), trial.at(0))
    text = accepted("11:00:00", 690, "admin")
    trial.intake.records(trial.name, log(text, 2, 2, first_contact=True), trial.at(2))
    assert events_of(trial, EventKind.LOGIN) == [("admin", Origin.AUTH_LOG)]


# --- tampering -----------------------------------------------------------------------------------------


async def test_an_origin_that_was_rewritten_is_an_alert(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    rewritten = replace(talk.wrote(5, talk.login(4)), replaced=True)
    trial.intake.records(trial.name, rewritten, trial.at(5))
    (alert,) = trial.alerts("tampering")
    assert (alert.subject, alert.text, alert.late) == ("wtmp", "wtmp was shrunk or rewritten", False)


async def test_what_was_rewritten_while_nobody_watched_is_a_late_alert(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    trial.intake.records(trial.name, replace(talk.wrote(5, backlog=True), replaced=True), trial.at(5))
    assert [alert.late for alert in trial.alerts("tampering")] == [True]


async def test_a_record_that_was_erased_is_an_alert_unless_it_is_history(trial: Trial, talk: Talk) -> None:
    trial.watch()
    trial.connect(talk, 0)
    records = (talk.login(-9), bytes(384), talk.logout(-5))
    trial.intake.records(trial.name, talk.wrote(0, *records, first_contact=True), trial.at(0))
    assert trial.alerts("tampering") == []
    trial.intake.records(trial.name, talk.wrote(5, *records), trial.at(5))
    assert [alert.text for alert in trial.alerts("tampering")] == ["wtmp holds erased records"]
